"""Widgets of a live page: what ipywidgets says to the page, and hears from it.

Imported only once ``comm`` is: the package through which ipywidgets speaks.
"""

import json
import os
import time
from contextlib import ExitStack
from types import ModuleType, TracebackType
from typing import Any

import comm
from comm.base_comm import BaseComm

from course_page import bridge
from course_page.errors import error_output
from course_page.imports import when_imported

SECONDS_BETWEEN_SHOWS = 0.25


class PageComm(BaseComm):
    """A widget's line to its model on the page.

    What the widget's callbacks put out goes to the cell that made the widget.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.cell = bridge.current_cell()
        super().__init__(*args, **kwargs)

    def publish_msg(
        self,
        msg_type: str,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[bytes] | None = None,
        **keys: Any,
    ) -> None:
        """Post a message to the page.

        Args:
            msg_type: ``comm_open``, ``comm_msg`` or ``comm_close``.
            data: Plain data.
            metadata: Plain data.
            buffers: The parts of the data that are binary.
            keys: ``target_name``, when opening.
        """
        # As JSON: JavaScript tells null from undefined, and models go by it.
        content = json.dumps({"data": data, "metadata": metadata, **keys})
        bridge.emit(
            {
                "type": "comm",
                "comm": {
                    "kind": msg_type.removeprefix("comm_"),
                    "comm_id": self.comm_id,
                    "content": content,
                    "buffers": [bytes(buffer) for buffer in buffers or []],
                },
            }
        )

    def handle_msg(self, msg: dict[str, Any]) -> None:
        """Hand a message of the page to the widget.

        Args:
            msg: As Jupyter's protocol has it.
        """
        with bridge.turn(self.cell):
            if self._msg_callback:
                self._msg_callback(msg)


def receive(message: dict[str, Any]) -> None:
    """Take a message of the page; returns when the widget has dealt with it.

    Args:
        message: ``kind``, ``comm_id``, ``content`` (JSON) and ``buffers``.
    """
    manager: Any = comm.get_comm_manager()
    handle = getattr(manager, f"comm_{message['kind']}")
    content = {"comm_id": message["comm_id"], **json.loads(message["content"])}
    handle(None, "", {"content": content, "buffers": message["buffers"]})


def install() -> None:
    """Have widgets speak with the page."""
    comm.create_comm = PageComm
    bridge.take_comms_with(receive)
    # Each model has one page: it need not hear its own words.
    os.environ.setdefault("JUPYTER_WIDGETS_ECHO", "0")
    when_imported("ipywidgets.widgets.widget_output", _fit_output)


def _fit_output(module: ModuleType) -> None:
    module.Output.__enter__ = _begin_capture
    module.Output.__exit__ = _end_capture


class _Capture:
    """Outputs on their way into an ``Output`` widget."""

    def __init__(self, widget: Any) -> None:
        self._widget = widget
        self._clears_at_next = False
        self._shown = 0.0
        self._entered: list[ExitStack] = []

    def begin(self) -> None:
        """The page gets what comes together, so that the box does not flicker."""
        stack = ExitStack()
        stack.enter_context(self._widget.hold_sync())
        stack.enter_context(bridge.captured_by(self._take))
        self._entered.append(stack)
        self._shown = time.monotonic()

    def end(self) -> None:
        self._entered.pop().close()

    def _take(self, output: bridge.Output) -> None:
        if output["output_type"] == "clear_output":
            self._clears_at_next = output["wait"]
            if not output["wait"]:
                self._widget.outputs = ()
            return
        kept = () if self._clears_at_next else self._widget.outputs
        self._clears_at_next = False
        self._widget.outputs = _joined(kept, output)
        if time.monotonic() - self._shown > SECONDS_BETWEEN_SHOWS:
            self._widget.send_state("outputs")
            self._shown = time.monotonic()


def _joined(
    outputs: tuple[bridge.Output, ...], output: bridge.Output
) -> tuple[bridge.Output, ...]:
    """Text that goes on on the same stream goes on in the same output."""
    if not outputs or not _same_stream(outputs[-1], output):
        return (*outputs, output)
    text = outputs[-1]["text"] + output["text"]
    return (*outputs[:-1], {**output, "text": text})


def _same_stream(before: bridge.Output, output: bridge.Output) -> bool:
    return all(o["output_type"] == "stream" for o in (before, output)) and bool(
        before["name"] == output["name"]
    )


def _capture_of(widget: Any) -> _Capture:
    capture: _Capture = vars(widget).setdefault("_page_capture", _Capture(widget))
    return capture


def _begin_capture(widget: Any) -> None:
    _capture_of(widget).begin()


def _end_capture(
    widget: Any,
    _kind: type[BaseException] | None,
    error: BaseException | None,
    _trace: TracebackType | None,
) -> bool:
    """Shows an error in the widget; as in a notebook, it goes no further."""
    if error is not None:
        bridge.emit_output(error_output(error))
    _capture_of(widget).end()
    return error is not None
