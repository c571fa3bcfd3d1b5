; SPDX-License-Identifier: GPL-3.0-or-later
; Real mode: port echo, string output, memory echo, then done.
%include "long_mode.inc"
bits 16
org 0                           ; runs at CODE_BASE >> 4 : 0

        mov     ax, cs
        mov     ds, ax
        mov     dx, ECHO_PORT
        mov     al, 0x41
        out     dx, al
        in      al, dx          ; 0x42
        mov     dx, REPORT_PORT
        out     dx, al
        mov     dx, ECHO_PORT
        mov     eax, 0x12345678
        out     dx, eax
        in      eax, dx
        mov     dx, REPORT_PORT
        out     dx, eax
        mov     si, text        ; one instruction, several units
        mov     cx, text_end - text
        cld
        rep     outsb
        mov     ax, 0xC000      ; a hole of the memory map: a device
        mov     es, ax
        mov     word [es:0x10], 0xBEEF
        mov     ax, [es:0x10]
        out     dx, ax
        mov     dx, DONE_PORT
        out     dx, al
        hlt
text:   db      "guest"
text_end:
