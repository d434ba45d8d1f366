"""The border: criteria on one side, the learner's code on the other.

Whoever shares a process with the judged cannot judge. Between the two run lines of
JSON: plain data by value, everything else as handles. Both ends serve requests while
they wait for an answer, so calls nest: a criterion calls learner code, which calls the
criterion's fake, which calls learner code again.

* ``wire``: plain data and exceptions as JSON.
* ``channel``: requests and answers over a socket.
* ``judge_end``: what a criterion gets as ``solution``.
* ``learner_end``: runs the learner's code and serves it.
"""
