; SPDX-License-Identifier: GPL-3.0-or-later
; Keeps a processor busy without ever leaving the guest.
%include "long_mode.inc"
bits 64
org CODE_BASE

again:  inc     rax
        jmp     again
