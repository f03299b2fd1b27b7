"""How people command Earshot and are told: commands, replies, cards, and the surfaces that draw them."""
