"""Two judgements of one text made into one: a model never talks the judge inside down unseen."""

from dataclasses import replace

from core.model.risk import Assessment, Category, Label

USUAL = 0.7
"""From this score on the judge inside is not overruled unseen: the threshold of a place that chose none."""

LONGEST_QUOTE = 300  # characters


def reconciled(local: Assessment, model: Assessment) -> Assessment:
    """The model's judgement, with what the judge inside holds against it.

    It goes to a person (`doubtful`) when either saw an order to the judge; when what the model says contradicts itself (hate speech
    without hate, or hate that is no hate speech); and when the judge inside alone would alert at the usual threshold and the model
    would not. Severe labels that the judge inside found over their limit stay at least as high, and so does what keeps words back
    as perhaps about minors, since no model brings those out again; its quote stands where the model has none, and so does its
    reason where it is why people are told. All else is the model's.
    """
    severe = local.severe()
    kept = severe | {Label.S3} if local.about_minors else severe
    labels = dict(model.labels) | {label: max(local.labels[label], model.labels.get(label, 0.0)) for label in kept}
    injection = local.injection or model.injection
    contradicts = model.hateful is not (model.category is Category.HATEFUL)
    talked_down = local.alarming(USUAL) and not model.alarming(USUAL)
    quote, second = (model.quote, model.second) if model.quote else (local.quote, local.second)
    return replace(
        model,
        labels=labels,
        quote=quote,
        second=second,
        reason=model.reason or (local.reason if severe or talked_down else ""),
        injection=injection,
        doubtful=model.doubtful or local.doubtful or injection or contradicts or talked_down,
    )


def cited(word: Assessment, said: str) -> Assessment:
    """`word` on what was `said`, with a quote wherever it may be told: the first words where neither judge found out which it is.
    Nobody can decide about words they do not see."""
    harmless = word.category is Category.NEUTRAL and not (word.hateful or word.doubtful)
    if word.quote or harmless:
        return word
    first = said if len(said) <= LONGEST_QUOTE else said[:LONGEST_QUOTE].rpartition(" ")[0] or said[:LONGEST_QUOTE]
    return replace(word, quote=first)


def stood_in(local: Assessment) -> Assessment:
    """The judgement of the judge inside where a model should have judged and did not. An order to the judge may be why."""
    return replace(local, degraded=True, doubtful=local.doubtful or local.injection)
