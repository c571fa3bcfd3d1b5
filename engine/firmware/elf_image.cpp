// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/elf_image.h"

#include "base/checked.h"
#include "bus/bus_device.h"
#include "firmware/byte_writer.h"
#include "firmware/text.h"

#include <elf.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace engine::firmware {

namespace {

constexpr std::uint16_t MaxProgramHeaders = 256;
constexpr std::uint64_t MaxNoteBytes = 1ULL << 20;
constexpr std::uint32_t NotePhys32Entry = 18; // XEN_ELFNOTE_PHYS32_ENTRY, Xen public/elfnote.h

std::uint64_t alignUp(std::uint64_t value, std::uint64_t alignment)
{
    return (value + alignment - 1) / alignment * alignment;
}

/// The descriptor of the PVH note in one note segment.
std::optional<std::uint64_t> findPvhEntry(std::span<const std::byte> notes, std::uint64_t alignment)
{
    constexpr std::size_t HeaderBytes = sizeof(Elf64_Nhdr);
    while (notes.size() >= HeaderBytes) {
        const std::uint64_t nameBytes = loadLittleEndian(notes.first(4));
        const std::uint64_t valueBytes = loadLittleEndian(notes.subspan(4, 4));
        const std::uint64_t type = loadLittleEndian(notes.subspan(8, 4));
        const std::uint64_t valueAt = HeaderBytes + alignUp(nameBytes, alignment);
        const std::uint64_t next = valueAt + alignUp(valueBytes, alignment);
        if (!isInside<std::uint64_t>(valueAt, valueBytes, notes.size()))
            return std::nullopt;
        const std::string_view name(reinterpret_cast<const char*>(notes.data()) + HeaderBytes, nameBytes);
        const bool isXen = name == std::string_view("Xen\0", 4);
        if (isXen && type == NotePhys32Entry && (valueBytes == 4 || valueBytes == 8))
            return loadLittleEndian(notes.subspan(valueAt, valueBytes));
        notes = notes.subspan(std::min<std::uint64_t>(next, notes.size()));
    }
    return std::nullopt;
}

template <class ProgramHeader>
Result<> addProgramHeader(const KernelFile& file, const ProgramHeader& header, ElfImage& image)
{
    if (header.p_type == PT_NOTE && !image.pvhEntry) {
        if (header.p_filesz > MaxNoteBytes)
            return fail(ErrorCode::Corrupt, file.subject() + " is damaged: its notes claim "
                                                + sizeText(header.p_filesz) + ", which no kernel has");
        Bytes notes(header.p_filesz);
        VM_TRY(file.read(header.p_offset, notes));
        image.pvhEntry = findPvhEntry(notes, header.p_align == 8 ? 8 : 4);
    }
    if (header.p_type != PT_LOAD || header.p_memsz == 0)
        return {};
    const ElfImage::Segment segment{header.p_offset, header.p_filesz, header.p_paddr, header.p_memsz};
    if (segment.fileBytes > segment.memoryBytes
        || !checkedAdd(segment.address, segment.memoryBytes).has_value())
        return fail(ErrorCode::Corrupt, file.subject() + " is damaged: a segment at "
                                            + hexText(segment.address) + " has an impossible size");
    if (!isInside(segment.fileOffset, segment.fileBytes, file.sizeBytes()))
        return fail(ErrorCode::Corrupt, file.subject() + " is truncated: it has only "
                                            + std::to_string(file.sizeBytes())
                                            + " bytes, but a segment lies behind its end");
    image.segments.push_back(segment);
    return {};
}

template <class FileHeader, class ProgramHeader>
Result<ElfImage> parseAs(const KernelFile& file)
{
    const auto header = VM_TRY(file.readObject<FileHeader>(0));
    if (header.e_type != ET_EXEC || (header.e_machine != EM_X86_64 && header.e_machine != EM_386))
        return fail(ErrorCode::Unsupported, file.subject() + " is not an executable for x86 processors");
    if (header.e_phentsize != sizeof(ProgramHeader) || header.e_phnum > MaxProgramHeaders)
        return fail(ErrorCode::Corrupt, file.subject() + " is damaged: its program headers make no sense");
    ElfImage image;
    image.is64Bit = header.e_machine == EM_X86_64 && sizeof(FileHeader) == sizeof(Elf64_Ehdr);
    image.entry = header.e_entry;
    std::vector<ProgramHeader> programHeaders(header.e_phnum);
    VM_TRY(file.read(header.e_phoff, std::as_writable_bytes(std::span(programHeaders))));
    for (const ProgramHeader& programHeader : programHeaders)
        VM_TRY(addProgramHeader(file, programHeader, image));
    return image;
}

Result<> checkSegments(const KernelFile& file, ElfImage& image)
{
    if (image.segments.empty())
        return fail(ErrorCode::Corrupt, file.subject() + " is damaged: it contains nothing to load");
    std::ranges::sort(image.segments, {}, &ElfImage::Segment::address);
    const auto overlap = std::ranges::adjacent_find(
        image.segments, [](const auto& first, const auto& second) { return first.end() > second.address; });
    if (overlap != image.segments.end())
        return fail(ErrorCode::Corrupt, file.subject() + " is damaged: two segments overlap at "
                                            + hexText(std::next(overlap)->address));
    return {};
}

} // namespace

bool ElfImage::contains(std::uint64_t address) const
{
    return std::ranges::any_of(segments, [address](const Segment& segment) {
        return address >= segment.address && address - segment.address < segment.memoryBytes;
    });
}

bool looksLikeElf(const KernelFile& file)
{
    const auto magic = file.readObject<std::array<char, SELFMAG>>(0);
    return magic && std::memcmp(magic->data(), ELFMAG, SELFMAG) == 0;
}

Result<ElfImage> parseElf(const KernelFile& file)
{
    const auto ident = VM_TRY((file.readObject<std::array<std::uint8_t, EI_NIDENT>>(0)));
    if (ident[EI_DATA] != ELFDATA2LSB || (ident[EI_CLASS] != ELFCLASS64 && ident[EI_CLASS] != ELFCLASS32))
        return fail(ErrorCode::Unsupported, file.subject() + " is not an executable for x86 processors");
    auto image = VM_TRY(ident[EI_CLASS] == ELFCLASS64 ? (parseAs<Elf64_Ehdr, Elf64_Phdr>(file))
                                                      : (parseAs<Elf32_Ehdr, Elf32_Phdr>(file)));
    VM_TRY(checkSegments(file, image));
    return image;
}

Result<> loadElfSegments(const GuestMemory& memory, const KernelFile& file, const ElfImage& image,
                         std::uint64_t lowest, std::uint64_t limit)
{
    for (const ElfImage::Segment& segment : image.segments) {
        if (segment.address < lowest || segment.end() > limit)
            return fail(ErrorCode::OutOfBounds,
                        file.subject() + " wants the memory from " + hexText(segment.address) + " to "
                            + hexText(segment.end()) + ", but a kernel can use only " + hexText(lowest)
                            + " to " + hexText(limit)
                            + " here. Give the guest more memory, or choose another kernel.");
    }
    for (const ElfImage::Segment& segment : image.segments) {
        VM_TRY(file.load(memory, GuestAddress(segment.address), segment.fileOffset, segment.fileBytes));
        VM_TRY(memory.fill(GuestAddress(segment.address + segment.fileBytes),
                           segment.memoryBytes - segment.fileBytes, std::byte{0}));
    }
    return {};
}

} // namespace engine::firmware
