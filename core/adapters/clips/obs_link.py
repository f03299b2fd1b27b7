"""Two sockets to OBS, one for requests and one for events; blocking, for one thread.

obsws-python knows the protocol. Its clients are built on a socket of our own: the library would go through HTTP_PROXY, read
`config.toml` from the working folder, log the password and show it in its repr.
"""

import json
import logging
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from obsws_python import EventClient, ReqClient
from obsws_python.baseclient import ObsClient
from obsws_python.callback import Callback
from obsws_python.error import OBSSDKError, OBSSDKRequestError, OBSSDKTimeoutError
from obsws_python.subs import Subs
from websocket import WebSocket, WebSocketException

from core.errors import Denied, EarshotError, Transient

log = logging.getLogger(__name__)
BROKEN = (OSError, WebSocketException, OBSSDKError, ValueError, KeyError, TypeError, AttributeError)
"""What the library raises when a connection is gone, hangs or answers nonsense."""

DEAF = 30.0  # seconds without even an answer to a ping, after which the events' socket is given up


class Refused(Exception):
    """OBS answered a request with an error: 501 the buffer does not run, 500 it does, 604 there is none, 204 unknown request."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _Direct(ObsClient):  # type: ignore[misc]
    """The library's connection, without its way of making one."""

    def __init__(self, sock: socket.socket, host: str, port: int, password: str, subs: int, timeout: float) -> None:
        self.logger = logging.getLogger(f"{ObsClient.__module__}.direct")
        self.host, self.port, self.password, self.subs, self.timeout = host, port, password, subs, timeout
        self.sock = sock
        try:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            self.ws = WebSocket(enable_multithread=True)
            url = f"ws://[{host}]:{port}" if ":" in host else f"ws://{host}:{port}"
            self.ws.connect(url, timeout=timeout, socket=self.sock, redirect_limit=0)  # type: ignore[no-untyped-call]
            self.server_hello = json.loads(self.ws.recv())
            self.authenticate()
        except BaseException:
            self.sock.close()
            raise


def _end(sock: socket.socket) -> None:
    """At once: a farewell would wait for an answer. From any thread: it wakes who waits for something to come."""
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        sock.close()


class _Asking(ReqClient):  # type: ignore[misc]
    """Requests, one after the other."""

    def __init__(self, direct: _Direct) -> None:
        self.logger, self.base_client = direct.logger, direct

    def __repr__(self) -> str:
        return "requests to OBS"


class _Hearing(EventClient):  # type: ignore[misc]
    """Events, in a thread that ends with its socket."""

    def __init__(self, direct: _Direct, *hear: Callable[[Any], None]) -> None:
        self.logger, self.base_client = direct.logger, direct
        self.callback = Callback()
        self.callback.register(hear)
        direct.ws.settimeout(DEAF)
        over = threading.Event()
        self.worker = threading.Thread(target=self.trigger, args=(over,), name="obs events", daemon=True)
        self.worker.start()

    def trigger(self, stop_event: threading.Event) -> None:
        try:
            super().trigger(stop_event)
        except BROKEN as error:  # whoever supervises sees that the thread is over
            log.debug("no more events of OBS: %s", type(error).__name__)

    def __repr__(self) -> str:
        return "events of OBS"


class Link:
    """Both sockets. `saved` is called with the path of each replay, `buffered` with whether the buffer runs: from another thread.
    Only `cut` may be called by another thread than the one that owns it."""

    def __init__(
        self,
        host: str,
        port: int,
        password: str,
        timeout: float,
        saved: Callable[[str], None],
        buffered: Callable[[bool], None],
    ) -> None:
        logging.getLogger("obsws_python").setLevel(logging.CRITICAL)  # it would log whole answers
        self.where = f"{host}:{port}"
        self._address, self._password, self._timeout = (host, port), password, timeout
        self._saved, self._buffered = saved, buffered
        self._sockets: list[socket.socket] = []
        self._asking: _Asking | None = None
        self._hearing: _Hearing | None = None

    def __repr__(self) -> str:
        return f"link to OBS at {self.where}"

    @property
    def alive(self) -> bool:
        """Whether both sockets were well when they were used last."""
        return self._asking is not None and self._hearing is not None and bool(self._hearing.worker.is_alive())

    def open(self) -> None:
        """Connect anew. Raises Transient OBS_OFF, Denied OBS_PASSWORD."""
        self.close()
        try:
            self._hearing = _Hearing(self._connect(Subs.OUTPUTS | Subs.GENERAL), *self._ears())
            self._asking = _Asking(self._connect(0))
        except BROKEN as error:
            self.close()
            raise self._fault(error) from error

    def ask(self, request: str) -> dict[str, Any]:
        """The answer to a request. Raises Refused; Transient OBS_OFF, and both sockets are gone then: an answer that comes too late
        would be taken for that to the next request."""
        try:
            if self._asking is None:
                raise Transient("OBS_OFF", x=self.where)
            return dict(self._asking.send(request, raw=True) or {})
        except OBSSDKRequestError as error:
            raise Refused(error.code) from error
        except BROKEN as error:
            self.close()
            raise Transient("OBS_OFF", x=self.where) from error

    def ping(self) -> None:
        """Let OBS show that it still reads the events' socket; whoever hears nothing for DEAF seconds lets it go."""
        if self._hearing is not None:
            with suppress(*BROKEN):
                self._hearing.base_client.ws.ping()

    def close(self) -> None:
        """Let both go."""
        self.cut()
        self._asking = self._hearing = None
        self._sockets = []

    def cut(self) -> None:
        """End whatever waits for OBS."""
        for one in list(self._sockets):
            _end(one)

    def _connect(self, subs: int) -> _Direct:
        host, port = self._address
        sock = socket.create_connection((host, port), self._timeout)
        self._sockets.append(sock)  # before it is greeted: a greeting that trickles can be cut off
        return _Direct(sock, host, port, self._password, int(subs), self._timeout)

    def _ears(self) -> tuple[Callable[[Any], None], ...]:
        """The library finds these by their names, and its thread ends with whatever they raise."""

        def on_replay_buffer_saved(data: Any) -> None:
            with suppress(AttributeError, RuntimeError):
                self._saved(str(data.saved_replay_path))

        def on_replay_buffer_state_changed(data: Any) -> None:
            with suppress(AttributeError, RuntimeError):
                self._buffered(bool(data.output_active))

        return on_replay_buffer_saved, on_replay_buffer_state_changed

    def _fault(self, error: Exception) -> EarshotError:
        """A refused password is an error of the library that is no timeout."""
        if isinstance(error, OBSSDKError) and not isinstance(error, OBSSDKTimeoutError):
            return Denied("OBS_PASSWORD")
        return Transient("OBS_OFF", x=self.where)
