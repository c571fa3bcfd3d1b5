; SPDX-License-Identifier: GPL-3.0-or-later
; The first instructions of the demo. The BIOS has copied this program from the CD to address 7C00h and
; jumps to it in real mode: 16-bit code, 1 MiB of memory, and the BIOS's own routines behind INT.
;
; What only the BIOS knows is asked here and kept in BootFacts: the memory map, the disks, a sector of each
; medium, the font. Then the CPU is taken to 64-bit mode, and demoMain() in tour.cpp goes on in C++.
;
; References: "El Torito" Bootable CD-ROM Format Specification 1.0; Enhanced Disk Drive Specification
; (INT 13h, AH = 41h..48h); ACPI 6.5 section 15.1 (INT 15h, E820h); Intel SDM volume 3 section 9.8.5.
%include "layout.inc"
extern kernel_start, gdt_pointer

section .boot
bits 16
global start
start:  jmp     0:begin                 ; some BIOSes start at 07C0:0000; now CS is 0
begin:  cli
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     esp, KERNEL_STACK
        sti
        cld
        mov     [boot_drive], dl        ; the BIOS's number of the drive that we come from
        mov     di, FACTS
        mov     cx, 0x1000 / 4
        xor     eax, eax
        rep stosd

        mov     ax, 0x0003              ; text, 80 x 25
        int     0x10
        mov     ax, 0x1003              ; 16 background colours rather than blinking
        xor     bx, bx
        int     0x10
        call    copy_font
        call    read_memory_map
        call    read_disks
        call    read_cd
        mov     al, [boot_drive]
        mov     [FACTS], al
        jmp     leave_real_mode

; The BIOS's own 8 x 16 font; the picture page writes with it.
copy_font:
        push    ds
        push    es
        mov     ax, 0x1130
        mov     bh, 6
        int     0x10                    ; ES:BP points to it
        push    es
        pop     ds
        mov     si, bp
        mov     ax, FONT >> 4
        mov     es, ax
        xor     di, di
        mov     cx, 4096 / 4
        rep movsd
        pop     es
        pop     ds
        ret

; INT 15h, EAX = E820h gives one range of memory after the other; EBX is its bookmark.
read_memory_map:
        xor     ebx, ebx
        mov     di, FACTS_E820
.next:  mov     eax, 0xE820
        mov     edx, 0x534D4150         ; "SMAP"
        mov     ecx, 24
        int     0x15
        jc      .done
        cmp     eax, 0x534D4150
        jne     .done
        inc     word [FACTS + 2]
        add     di, 24
        cmp     word [FACTS + 2], E820_MOST
        jae     .done
        test    ebx, ebx
        jnz     .next
.done:  ret

; Disks have the numbers 80h, 81h ... Each tells its size (AH = 48h) and its first sector is read (AH = 42h).
read_disks:
        mov     bl, [0x475]             ; how many, in the BIOS's data area
        cmp     bl, DISKS_MOST
        jbe     .few
        mov     bl, DISKS_MOST
.few:   xor     bh, bh                  ; BH counts, DI points to where the facts about this disk go
        mov     di, FACTS_DISKS
.next:  cmp     bh, bl
        jae     .done
        pusha
        mov     word [SCRATCH], 0x1E    ; the size of the answer that we know
        mov     dl, bh
        or      dl, 0x80
        mov     ah, 0x48
        mov     si, SCRATCH
        push    di
        int     0x13
        pop     di
        jc      .failed
        mov     eax, [SCRATCH + 16]     ; number of sectors
        mov     [di + 8], eax
        mov     eax, [SCRATCH + 20]
        mov     [di + 12], eax
        mov     ax, [SCRATCH + 24]      ; bytes in a sector
        mov     [di + 2], ax
        popa
        pusha
        movzx   ax, bh                  ; 4096 bytes for each, so 100h paragraphs
        shl     ax, 8
        add     ax, DISK_SECTORS >> 4
        mov     dl, bh
        or      dl, 0x80
        xor     ecx, ecx                ; sector 0
        call    read_sector
        setnc   [di + 1]
.failed:
        popa
        mov     al, bh
        or      al, 0x80
        mov     [di], al
        inc     bh
        mov     [FACTS + 1], bh
        add     di, 16
        jmp     .next
.done:  ret

; Sector 16 of a CD describes its volume (ECMA-119 section 8.4).
read_cd:
        mov     ax, CD_SECTOR >> 4
        mov     dl, [boot_drive]
        mov     ecx, 16
        call    read_sector
        setnc   [FACTS + 4]
        ret

; Reads sector ECX of drive DL to AX:0000. Carry is set when that fails.
read_sector:
        mov     dword [SCRATCH + 0x40], 0x00010010      ; 16 bytes long, one sector
        mov     word [SCRATCH + 0x44], 0
        mov     [SCRATCH + 0x46], ax
        mov     [SCRATCH + 0x48], ecx
        mov     dword [SCRATCH + 0x4C], 0
        mov     si, SCRATCH + 0x40
        mov     ah, 0x42
        push    di
        int     0x13
        pop     di
        ret

boot_drive: db  0

; Real mode -> protected mode -> 64-bit mode. The page tables map the first 4 GiB one to one, in pages of
; 2 MiB that user code may use.
leave_real_mode:
        cli
        in      al, 0x92                ; address line 20, which was once a feature
        or      al, 2
        and     al, 0xFE
        out     0x92, al
        lgdt    [gdt_pointer]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     CODE_32:protected_mode

bits 32
protected_mode:
        mov     ax, KERNEL_DATA
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     edi, PAGE_TABLES
        mov     ecx, 2 * 0x1000 / 4
        xor     eax, eax
        rep stosd
        mov     dword [PAGE_TABLES], PAGE_TABLES + 0x1007
        mov     eax, PAGE_TABLES + 0x2007
        mov     edi, PAGE_TABLES + 0x1000
.level3:
        mov     [edi], eax
        add     edi, 8
        add     eax, 0x1000
        cmp     eax, PAGE_TABLES + 0x6007
        jne     .level3
        mov     edi, PAGE_TABLES + 0x2000
        mov     eax, 0x87               ; present, writable, user, 2 MiB
        mov     ecx, 4 * 512
.level2:
        mov     [edi], eax
        mov     dword [edi + 4], 0
        add     edi, 8
        add     eax, 0x200000
        loop    .level2

        mov     eax, cr4
        or      eax, 1 << 5             ; CR4.PAE
        mov     cr4, eax
        mov     eax, PAGE_TABLES
        mov     cr3, eax
        mov     ecx, 0xC0000080         ; IA32_EFER
        rdmsr
        or      eax, 1 << 8             ; LME
        wrmsr
        mov     eax, cr0
        or      eax, 1 << 31            ; CR0.PG
        mov     cr0, eax
        jmp     KERNEL_CODE:kernel_start
