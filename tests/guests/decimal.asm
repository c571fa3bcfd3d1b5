; SPDX-License-Identifier: GPL-3.0-or-later
; Instructions of old programs, in real mode, as games and boot loaders for floppies use them.
%include "long_mode.inc"
bits 16
org 0                           ; runs at CODE_BASE >> 4 : 0

        mov     ax, cs
        mov     ds, ax
        mov     ss, ax
        mov     sp, 0x8000
        mov     dx, REPORT_PORT
        mov     al, 0x15
        add     al, 0x27
        daa
        out     dx, al          ; 0x42
        mov     al, 0x42
        sub     al, 0x27
        das
        out     dx, al          ; 0x15
        mov     ax, 0x0305
        add     al, 7
        aaa
        out     dx, ax          ; 0x0402
        mov     ax, 0x0305
        sub     al, 7
        aas
        out     dx, ax          ; 0x0208
        xor     ax, ax
        mov     es, ax
        mov     word [es:5 * 4], outside
        mov     [es:5 * 4 + 2], cs
        mov     cx, 3
        bound   cx, [limits]
        mov     cx, 9
        bound   cx, [limits]
        hlt
outside:
        mov     dx, REPORT_PORT
        mov     ax, cx
        out     dx, ax          ; 9
        mov     dx, DONE_PORT
        out     dx, al
        hlt
limits: dw      -1, 8
