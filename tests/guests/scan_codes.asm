; SPDX-License-Identifier: GPL-3.0-or-later
; A boot sector that sends each byte of the keyboard to the first serial port as a line of two digits, and
; switches the keyboard's lights with the lock keys. "ready" says that it listens.
;
; References: IBM PS/2 Hardware Interface Technical Reference, keyboard (command EDh, scan code set 1).
bits 16
org 0x7c00

COM1    equ 0x3f8

start:  jmp     0:.go
.go:    xor     ax, ax
        mov     ds, ax
        mov     ss, ax
        mov     sp, 0x7c00
        cld
        cli
        mov     word [9 * 4], on_key    ; IRQ 1
        mov     word [9 * 4 + 2], 0
        in      al, 0x21
        and     al, 0xfd
        out     0x21, al
        sti
        mov     si, ready
.text:  lodsb
        test    al, al
        jz      next
        call    send
        jmp     .text

next:   call    take
        cmp     al, 0xe1                ; Pause: two bytes follow that are no keys of their own
        jne     .key
        mov     byte [skip], 3
.key:   push    ax
        call    print
        pop     ax
        cmp     byte [skip], 0
        je      .lock
        dec     byte [skip]
        jmp     next
.lock:  mov     ah, 4
        cmp     al, 0x3a                ; Caps Lock
        je      .light
        mov     ah, 2
        cmp     al, 0x45                ; Num Lock
        je      .light
        mov     ah, 1
        cmp     al, 0x46                ; Scroll Lock
        jne     next
.light: xor     [lights], ah
        mov     al, 0xed
        call    command
        mov     al, [lights]
        call    command
        jmp     next

command:                                ; AL to the keyboard; waits for its answer
        out     0x60, al
.wait:  call    take
        cmp     al, 0xfa
        je      .done
        call    print
        jmp     .wait
.done:  ret

take:   mov     bx, [tail]              ; AL = the oldest byte
        cmp     bl, [head]
        jne     .have
        hlt
        jmp     take
.have:  mov     al, [ring + bx]
        inc     byte [tail]
        ret

print:  push    ax
        shr     al, 4
        call    digit
        pop     ax
        call    digit
        mov     al, 10
        jmp     send
digit:  and     al, 15
        cmp     al, 10
        sbb     al, 0x69
        das
send:   push    ax
        mov     dx, COM1 + 5
.wait:  in      al, dx
        test    al, 0x20
        jz      .wait
        mov     dx, COM1
        pop     ax
        out     dx, al
        ret

on_key: push    ax
        push    bx
        in      al, 0x60
        mov     bx, [head]
        mov     [ring + bx], al
        inc     byte [head]
        mov     al, 0x20
        out     0x20, al
        pop     bx
        pop     ax
        iret

ready:  db      "ready", 10, 0
skip:   db      0
lights: db      0
head:   dw      0                       ; only the low byte counts
tail:   dw      0
        times 510 - ($ - $$) db 0
        dw      0xaa55
ring    equ 0x7e00
