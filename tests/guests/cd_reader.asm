; SPDX-License-Identifier: GPL-3.0-or-later
; An El Torito boot image without emulation that reads the rest of its own file from the CD through
; INT 13h and prints the checksum. It is 2 KiB long; the file goes on with CD_SECTORS blocks of data.
bits 16
org 0x7C00

CD_SECTORS      equ 24
BUFFER          equ 0x2000      ; segment

start:  jmp     0:go
        times 8 - ($ - $$) db 0
boot_info:                      ; filled in by the mastering program (its -boot-info-table)
.descriptor:    dd 0
.file:          dd 0            ; this file's first block
.length:        dd 0
.checksum:      dd 0
        times 64 - ($ - $$) db 0

go:     xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7000
        cld
        mov     eax, [boot_info.file]
        inc     eax
        mov     [packet.block], eax
        mov     si, packet
        mov     ah, 0x42        ; extended read, in blocks of 2 KiB
        int     0x13
        jc      failed
        mov     si, text_sum
        call    print
        mov     ax, BUFFER
        mov     fs, ax
        mov     ecx, CD_SECTORS * 2048
        xor     ebx, ebx
        call    add_bytes
        call    print_number
        mov     si, text_end
        call    print
        jmp     stop
failed: mov     si, text_failed
        call    print
        jmp     stop

%include "sector_sum.inc"

packet: db      16, 0
        dw      CD_SECTORS, 0, BUFFER
.block: dq      0
text_sum:    db 13, 10, "CD ", 0
text_end:    db " END", 0
text_failed: db " READ FAILED", 0
        times 2048 - ($ - $$) db 0
