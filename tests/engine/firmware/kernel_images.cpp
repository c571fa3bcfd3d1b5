// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/kernel_images.h"

#include "bus/bus_device.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

namespace engine::firmware::test {

namespace {

struct ProgramHeader {
    std::uint32_t type;
    std::uint64_t offset;
    std::uint64_t address;
    std::uint64_t fileBytes;
    std::uint64_t memoryBytes;
};

void writeProgramHeader(ByteWriter& file, bool is64Bit, const ProgramHeader& header)
{
    const auto narrow = [](std::uint64_t value) { return static_cast<std::uint32_t>(value); };
    if (is64Bit) {
        file.u32(header.type).u32(7).u64(header.offset).u64(header.address).u64(header.address);
        file.u64(header.fileBytes).u64(header.memoryBytes).u64(4);
    } else {
        file.u32(header.type).u32(narrow(header.offset)).u32(narrow(header.address));
        file.u32(narrow(header.address)).u32(narrow(header.fileBytes)).u32(narrow(header.memoryBytes));
        file.u32(7).u32(4);
    }
}

void writeFileHeader(ByteWriter& file, const ElfRecipe& recipe, std::uint16_t count)
{
    const std::uint16_t headerBytes = recipe.is64Bit ? 64 : 52;
    const std::uint16_t entryBytes = recipe.is64Bit ? 56 : 32;
    file.text("\x7f"
              "ELF",
              4)
        .u8(recipe.is64Bit ? 2 : 1)
        .u8(recipe.byteOrder)
        .u8(1)
        .zeros(9);
    file.u16(recipe.type).u16(recipe.machine).u32(1);
    const std::uint64_t tableOffset = recipe.programHeaderOffset.value_or(headerBytes);
    if (recipe.is64Bit)
        file.u64(recipe.entry).u64(tableOffset).u64(0);
    else
        file.u32(static_cast<std::uint32_t>(recipe.entry))
            .u32(static_cast<std::uint32_t>(tableOffset))
            .u32(0);
    file.u32(0).u16(headerBytes).u16(recipe.programHeaderSize.value_or(entryBytes));
    file.u16(recipe.programHeaderCount.value_or(count)).u16(0).u16(0).u16(0);
}

} // namespace

Bytes makeElf(const ElfRecipe& recipe)
{
    const auto count = static_cast<std::uint16_t>(recipe.segments.size() + (recipe.notes.empty() ? 0 : 1));
    ByteWriter file;
    writeFileHeader(file, recipe, count);
    std::uint64_t offset = file.size() + std::uint64_t{count} * (recipe.is64Bit ? 56 : 32);
    for (const auto& segment : recipe.segments) {
        writeProgramHeader(file, recipe.is64Bit,
                           {1, segment.fileOffset.value_or(offset), segment.address,
                            segment.fileBytes.value_or(segment.data.size()),
                            segment.memoryBytes != 0 ? segment.memoryBytes : segment.data.size()});
        offset += segment.data.size();
    }
    if (!recipe.notes.empty())
        writeProgramHeader(file, recipe.is64Bit,
                           {4, offset, 0, recipe.notesBytes.value_or(recipe.notes.size()), 0});
    for (const auto& segment : recipe.segments)
        file.bytes(segment.data);
    file.bytes(recipe.notes);
    return file.take();
}

Bytes makeNote(std::string_view name, std::uint32_t type, std::span<const std::byte> value)
{
    ByteWriter note;
    note.u32(static_cast<std::uint32_t>(name.size() + 1))
        .u32(static_cast<std::uint32_t>(value.size()))
        .u32(type);
    note.text(name, name.size() + 1).align(4).bytes(value).align(4);
    return note.take();
}

Bytes makePvhNote(std::uint32_t entry)
{
    ByteWriter value;
    return makeNote("Xen", 18, value.u32(entry).data());
}

Bytes makeBzImage(const BzImageRecipe& recipe)
{
    ByteWriter file;
    file.zeros((recipe.setupSectors == 0 ? 5U : recipe.setupSectors + 1U) * 512);
    const auto paragraphs = static_cast<std::uint32_t>((recipe.code.size() + 15) / 16);
    file.patch(0x1f1, recipe.setupSectors, 1).patch(0x1f4, recipe.paragraphs.value_or(paragraphs), 4);
    file.patch(0x1fe, 0xaa55, 2).patch(0x200, 0xeb, 1).patch(0x201, recipe.headerLength, 1);
    file.patch(0x202, 0x5372'6448, 4).patch(0x206, recipe.version, 2).patch(0x211, recipe.loadFlags, 1);
    file.patch(0x214, recipe.protectedEntry, 4)
        .patch(0x22c, recipe.initrdAddressMax, 4)
        .patch(0x230, 0x20'0000, 4);
    file.patch(0x234, recipe.relocatable, 1).patch(0x236, recipe.extendedLoadFlags, 2);
    file.patch(0x238, recipe.commandLineSize, 4).patch(0x250, 0xdead'beef, 8);
    file.patch(0x258, recipe.preferredAddress, 8).patch(0x260, recipe.initSize, 4);
    file.bytes(recipe.code);
    return file.take();
}

Bytes patternBytes(std::size_t count, unsigned seed)
{
    Bytes bytes(count);
    for (std::size_t i = 0; i < count; ++i)
        bytes[i] = static_cast<std::byte>((i * 31 + (i >> 8) + seed) & 0xff);
    return bytes;
}

KernelFile fileOf(std::span<const std::byte> content, const std::string& name, const std::string& role)
{
    UniqueFd fd(::memfd_create(name.c_str(), MFD_CLOEXEC));
    if (!fd || ::write(fd.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size()))
        std::abort();
    auto file = KernelFile::adopt(std::move(fd), name, role);
    if (!file)
        std::abort();
    return *std::move(file);
}

GuestMemory makeRam(std::uint64_t lowBytes, std::uint64_t highBytes)
{
    std::vector<GuestMemoryRegion> regions{{GuestAddress(0), HostBlock::create("low", lowBytes).value()}};
    if (highBytes != 0)
        regions.push_back({GuestAddress(1ULL << 32), HostBlock::create("high", highBytes).value()});
    return GuestMemory::create(std::move(regions)).value();
}

Bytes readGuest(const GuestMemory& memory, std::uint64_t at, std::size_t length)
{
    Bytes bytes(length);
    if (!memory.read(GuestAddress(at), bytes))
        return {};
    return bytes;
}

std::uint64_t readNumber(const GuestMemory& memory, std::uint64_t at, std::size_t width)
{
    return loadLittleEndian(readGuest(memory, at, width));
}

std::string readText(const GuestMemory& memory, std::uint64_t at)
{
    std::string text;
    for (char c = '\0'; (c = static_cast<char>(readNumber(memory, at + text.size(), 1))) != '\0';)
        text += c;
    return text;
}

} // namespace engine::firmware::test
