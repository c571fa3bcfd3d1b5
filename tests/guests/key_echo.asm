; SPDX-License-Identifier: GPL-3.0-or-later
; A boot sector: each key that goes down turns a rectangle in the corner of the screen (320x200, 256 colours) on
; or off, from the keyboard's own interrupt.
bits 16
org 0x7c00

        xor     ax, ax
        mov     ds, ax
        mov     ss, ax
        mov     sp, 0x7c00
        mov     ax, 0x0013
        int     0x10
        push    0xa000
        pop     es
        cld
        cli
        mov     word [9 * 4], on_key    ; IRQ 1
        mov     word [9 * 4 + 2], 0
        in      al, 0x21
        and     al, 0xfd
        out     0x21, al
        sti
wait_for_key:
        hlt
        jmp     wait_for_key

on_key: pusha
        in      al, 0x60
        test    al, 0x80                ; released
        jnz     .done
        xor     byte [colour], 0x0f
        mov     al, [colour]
        xor     di, di
        mov     dx, 16
.row:   mov     cx, 16
        rep     stosb
        add     di, 320 - 16
        dec     dx
        jnz     .row
.done:  mov     al, 0x20
        out     0x20, al
        popa
        iret

colour: db      0
        times 510 - ($ - $$) db 0
        dw      0xaa55
