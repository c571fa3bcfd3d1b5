; SPDX-License-Identifier: GPL-3.0-or-later
; Writes to a memory-mapped register without end.
%include "long_mode.inc"
bits 64
org CODE_BASE

        mov     ebx, DEVICE_BASE
again:  mov     [rbx], eax
        jmp     again
