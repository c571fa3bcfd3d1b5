; SPDX-License-Identifier: GPL-3.0-or-later
; A boot disk that shows one screen mode of the BIOS after the other, each filled with noise; a key goes on to
; the next. What is on the screen depends on nothing else, so that two machines can be compared.
;
; References: IBM VGA BIOS (INT 10h, AH = 00h, 01h, 10h, 11h); VESA BIOS Extension 3.0 (AX = 4F02h..4F08h).
bits 16
org 0x7c00

SECTORS equ 4                           ; after the boot sector

start:  jmp     0:.go
.go:    xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7000
        cld
        mov     ax, 0x0200 + SECTORS
        mov     cx, 0x0002
        mov     dh, 0
        mov     bx, 0x7e00
        int     0x13
        jnc     show_all
        hlt
        times 510 - ($ - $$) db 0
        dw      0xaa55

show_all:
        mov     bp, steps
.step:  push    bp
        call    show
        pop     bp
        mov     ah, 0                   ; wait for a key
        int     0x16
        add     bp, STEP_BYTES
        cmp     bp, steps_end
        jb      .step
        jmp     show_all

; Shows the step at DS:BP.
show:   mov     ax, [bp + MODE]
        test    ah, ah
        jnz     .vesa
        int     0x10
        jmp     .prepare
.vesa:  mov     bx, ax
        mov     ax, 0x4f02
        int     0x10
.prepare:
        push    bp
        mov     word [noise], 0x1234
        call    [bp + PREPARE]
        pop     bp
        jmp     [bp + FILL]

nothing:
        ret

; Filling: each takes BP and draws noise, the same each time.
fill_colour_text:
        mov     ax, 0xb800
        jmp     fill_text
fill_mono_text:
        mov     ax, 0xb000
fill_text:
        mov     es, ax
        mov     cx, 0x4000
        jmp     fill
fill_cga:
        mov     ax, 0xb800
        mov     es, ax
        mov     cx, 0x2000
        jmp     fill
fill_planes:
        mov     bl, 1
.plane: mov     ah, bl
        call    select_planes
        call    fill_window
        add     bl, bl
        cmp     bl, 0x10
        jb      .plane
        mov     ah, 0x0f
select_planes:                          ; SR2 = AH
        mov     al, 2
        mov     dx, 0x3c4
        out     dx, ax
        ret
fill_banks:
        xor     dx, dx
.bank:  mov     ax, 0x4f05
        xor     bx, bx
        push    dx
        int     0x10
        call    fill_window
        pop     dx
        inc     dx
        cmp     dx, [bp + BANKS]
        jb      .bank
        ret
fill_window:
        mov     ax, 0xa000
        mov     es, ax
        mov     cx, 0x8000
fill:   mov     ax, [noise]             ; CX words to ES:0
        xor     di, di
.word:  imul    ax, ax, 25173
        add     ax, 13849
        xchg    al, ah
        stosw
        loop    .word
        mov     [noise], ax
        ret

; Preparing: called after the mode has been set.
bright_backgrounds:                     ; bit 7 of an attribute is colour, not blinking
        mov     ax, 0x1003
        xor     bx, bx
        int     0x10
no_cursor:
        mov     ah, 1
        mov     cx, 0x2000
        int     0x10
        ret
tall_cursor:
        call    bright_backgrounds
        mov     ah, 2                   ; to row 11, column 17
        xor     bx, bx
        mov     dx, 0x0b11
        int     0x10
        mov     ah, 1
        mov     cx, 0x0307
        int     0x10
        ret
small_font:                             ; 8 x 8: 50 rows
        call    bright_backgrounds
        mov     ax, 0x1112
        xor     bx, bx
        int     0x10
        jmp     no_cursor
medium_font:                            ; 8 x 14: 28 rows
        call    bright_backgrounds
        mov     ax, 0x1111
        xor     bx, bx
        int     0x10
        jmp     no_cursor
two_fonts:                              ; block 1 upside down, chosen by bit 3 of the attribute
        call    bright_backgrounds
        mov     ax, 0x1130
        mov     bh, 6                   ; ES:BP: the 8 x 16 font
        int     0x10
        push    es
        pop     fs
        mov     si, bp
        mov     ax, 0x1000
        mov     es, ax
        xor     di, di
        mov     cx, 256 * 16
.line:  mov     bx, di
        xor     bx, 15
        mov     al, [fs:bx + si]
        stosb
        loop    .line
        xor     bp, bp
        mov     ax, 0x1100              ; 256 characters of 16 bytes from ES:BP to block 1
        mov     bx, 0x1001
        mov     cx, 256
        xor     dx, dx
        int     0x10
        mov     ax, 0x1103
        mov     bl, 4                   ; blocks 0 and 1
        int     0x10
        jmp     no_cursor
other_page:                             ; page 3, from 3000h words on
        call    bright_backgrounds
        mov     ax, 0x0503
        int     0x10
        ret
own_palette:                            ; 256 colours of noise
        mov     dx, 0x3c8
        xor     al, al
        out     dx, al
        inc     dx
        mov     cx, 768
        mov     ax, [noise]
.entry: imul    ax, ax, 25173
        add     ax, 13849
        push    ax
        mov     al, ah
        and     al, 0x3f
        out     dx, al
        pop     ax
        loop    .entry
        ret
unchained:                              ; 13h with planes for each fourth pixel, and double height off: 320 x 400
        mov     dx, 0x3c4
        mov     ax, 0x0604
        out     dx, ax
        mov     dx, 0x3d4
        mov     ax, 0x0014
        out     dx, ax
        mov     ax, 0xe317
        out     dx, ax
        mov     ax, 0x4009
        out     dx, ax
        ret
wide_palette:
        mov     ax, 0x4f08              ; eight bits for each part of a colour
        mov     bx, 0x0800
        int     0x10
        ret
moved_start:
        mov     ax, 0x4f06              ; rows of 700 pixels
        mov     bx, 0
        mov     cx, 700
        int     0x10
        mov     ax, 0x4f07              ; from pixel 16 of row 11
        xor     bx, bx
        mov     cx, 16
        mov     dx, 11
        int     0x10
        ret

; What is shown: the mode, what prepares it, what fills it, and how many banks of 64 KiB that takes.
MODE            equ 0
PREPARE         equ 2
FILL            equ 4
BANKS           equ 6
STEP_BYTES      equ 8
%macro step 3-4 0
        dw      %1, %2, %3, %4
%endmacro
steps:  step    0x03, bright_backgrounds, fill_colour_text
        step    0x01, bright_backgrounds, fill_colour_text
        step    0x03, tall_cursor, fill_colour_text
        step    0x03, small_font, fill_colour_text
        step    0x03, medium_font, fill_colour_text
        step    0x03, two_fonts, fill_colour_text
        step    0x03, other_page, fill_colour_text
        step    0x07, bright_backgrounds, fill_mono_text
        step    0x04, nothing, fill_cga
        step    0x06, nothing, fill_cga
        step    0x0d, nothing, fill_planes
        step    0x0e, nothing, fill_planes
        step    0x10, nothing, fill_planes
        step    0x11, nothing, fill_planes
        step    0x12, nothing, fill_planes
        step    0x13, nothing, fill_window
        step    0x13, own_palette, fill_window
        step    0x13, unchained, fill_planes
        step    0x100, nothing, fill_banks, 4
        step    0x101, own_palette, fill_banks, 5
        step    0x101, wide_palette, fill_banks, 5
        step    0x101, moved_start, fill_banks, 6
        step    0x102, nothing, fill_window     ; all planes: not every emulator lets go of them here
        step    0x110, nothing, fill_banks, 10
        step    0x111, nothing, fill_banks, 10
        step    0x111, moved_start, fill_banks, 11
        step    0x112, nothing, fill_banks, 15
        step    0x142, nothing, fill_banks, 19
        step    0x143, nothing, fill_banks, 30
        step    0x105, nothing, fill_banks, 12
steps_end:

noise:  dw      0
        times (1 + SECTORS) * 512 - ($ - $$) db 0
