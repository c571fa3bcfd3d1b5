; SPDX-License-Identifier: GPL-3.0-or-later
; A boot sector that reads further sectors of its disk through INT 13h, by block number and by cylinder,
; head and sector, and prints their checksums.
bits 16
org 0x7C00

SECTORS         equ 64          ; from LBA 1, by block number
CHS_SECTORS     equ 16          ; from cylinder 0, head 0, sector 2: LBA 1
BUFFER          equ 0x2000      ; segment

start:  jmp     0:.go
.go:    xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7000
        cld
        mov     [drive], dl
        mov     si, packet
        mov     ah, 0x42        ; extended read
        int     0x13
        jc      failed
        mov     si, text_edd
        mov     cx, SECTORS
        call    report
        mov     ax, BUFFER
        mov     es, ax
        mov     ax, 0x0200 + CHS_SECTORS
        mov     cx, 0x0002
        mov     dh, 0
        mov     dl, [drive]
        xor     bx, bx
        int     0x13
        jc      failed
        mov     si, text_chs
        mov     cx, CHS_SECTORS
        call    report
        mov     si, text_end
        call    print
        jmp     stop
failed: mov     si, text_failed
        call    print
        jmp     stop

; Prints DS:SI and the checksum of CX sectors in the buffer.
report: push    cx
        call    print
        pop     cx
        movzx   ecx, cx
        shl     ecx, 9
        mov     ax, BUFFER
        mov     fs, ax
        xor     ebx, ebx
        call    add_bytes
        jmp     print_number

%include "sector_sum.inc"

packet: db      16, 0
        dw      SECTORS, 0, BUFFER
        dq      1
drive:  db      0
text_edd:    db 13, 10, "EDD ", 0
text_chs:    db " CHS ", 0
text_end:    db " END", 0
text_failed: db " READ FAILED", 0

        times 446 - ($ - $$) db 0
        db      0x80, 0, 2, 0, 0x83, 0, 63, 0   ; one active partition, so that any BIOS starts this
        dd      1, 2047
        times 510 - ($ - $$) db 0
        dw      0xAA55
