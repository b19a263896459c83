"""Other slow work: subprocesses, mail and remote shells."""

from __future__ import annotations

from connlint.model.catalog.notation import NOTHING, each, gives, same
from connlint.model.catalog.types import Context, Function, Library, Type

_POPEN = "subprocess.Popen"
_PROCESS = "asyncio.subprocess.Process"
_SMTP = "smtplib.SMTP"
_SMTP_CALLS = "sendmail send_message login connect starttls"

LIBRARY = Library(
    name="Subprocesses and mail",
    packages=("subprocess", "os", "smtplib", "aiosmtplib", "paramiko"),
    types=(
        Type(
            _POPEN,
            methods=same("communicate wait poll kill terminate", NOTHING),
            contexts=(Context(),),
        ),
        Type(
            _PROCESS,
            is_async=True,
            methods={
                **same("communicate wait", gives("", is_async=True)),
                **same("kill terminate", NOTHING),
            },
        ),
        Type(_SMTP, methods=same(f"{_SMTP_CALLS} quit", NOTHING), contexts=(Context(),)),
        Type("smtplib.SMTP_SSL", bases=(_SMTP,)),
        Type(
            "paramiko.SSHClient",
            methods=same("connect exec_command close", NOTHING),
            contexts=(Context(),),
        ),
    ),
    functions=tuple(
        Function(name, _PROCESS, is_async=True)
        for name in each("asyncio", "create_subprocess_exec create_subprocess_shell")
    ),
    slow=(
        *each("subprocess", "run call check_call check_output getoutput getstatusoutput"),
        *each(_POPEN, "communicate wait"),
        *each("asyncio", "create_subprocess_exec create_subprocess_shell"),
        *each(_PROCESS, "communicate wait"),
        "os.system",
        *each(_SMTP, _SMTP_CALLS),
        _SMTP,
        "smtplib.SMTP_SSL",
        "aiosmtplib.send",
        *each("paramiko.SSHClient", "connect exec_command"),
    ),
)
