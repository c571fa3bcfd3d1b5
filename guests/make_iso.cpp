// SPDX-License-Identifier: GPL-3.0-or-later
// make_iso OUTPUT VOLUME BOOT-IMAGE [FILE...]: a CD image that a PC BIOS starts from, with the files in its
// root folder. The same input gives the same bytes.
//
// ECMA-119 (ISO 9660): 8.4 primary volume descriptor, 9.1 directory records, 9.4 path tables.
// "El Torito" 1.0: 2.0 boot catalogue, boot record volume descriptor; no emulation.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t Sector = 2048;
constexpr std::size_t VirtualSector = 512; // of the boot catalogue
constexpr std::uint32_t VolumeDescriptor = 16;
constexpr std::uint32_t BootRecord = 17;
constexpr std::uint32_t Terminator = 18;
constexpr std::uint32_t PathTableLittle = 19;
constexpr std::uint32_t PathTableBig = 20;
constexpr std::uint32_t RootFolder = 21;
constexpr std::uint32_t BootCatalogue = 22;
constexpr std::uint32_t FirstFile = 23;
constexpr std::size_t LongestName = 30;

struct File {
    std::string name; // "TOUR.CPP;1"
    std::vector<char> bytes;
    std::uint32_t sector = 0;
};

std::vector<char> image;

void put(std::size_t at, std::string_view text)
{
    std::ranges::copy(text, image.begin() + static_cast<std::ptrdiff_t>(at));
}

void putLittle(std::size_t at, std::uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; ++i)
        image[at + i] = static_cast<char>(value >> (8 * i));
}

void putBig(std::size_t at, std::uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; ++i)
        image[at + i] = static_cast<char>(value >> (8 * (bytes - 1 - i)));
}

/// The standard wants many numbers in both byte orders.
void putBoth(std::size_t at, std::uint32_t value, unsigned bytes)
{
    putLittle(at, value, bytes);
    putBig(at + bytes, value, bytes);
}

void putPadded(std::size_t at, std::string_view text, std::size_t length)
{
    std::string padded(text.substr(0, length));
    padded.resize(length, ' ');
    put(at, padded);
}

/// Returns the record's length.
std::size_t putRecord(std::size_t at, std::string_view name, std::uint32_t sector, std::size_t bytes,
                      bool isFolder)
{
    constexpr std::size_t Fixed = 33;
    const std::size_t length = (Fixed + name.size() + 1) / 2 * 2;
    image[at] = static_cast<char>(length);
    putBoth(at + 2, sector, 4);
    putBoth(at + 10, static_cast<std::uint32_t>(bytes), 4);
    constexpr std::array<char, 7> Date{100, 1, 1, 0, 0, 0, 0}; // 1 January 2000: builds are repeatable
    put(at + 18, std::string_view(Date.data(), Date.size()));
    image[at + 25] = isFolder ? 2 : 0;
    putBoth(at + 28, 1, 2);
    image[at + 32] = static_cast<char>(name.size());
    put(at + Fixed, name);
    return length;
}

const std::string Self(1, '\0');
const std::string Parent(1, '\1');

void putVolumeDescriptor(std::string_view volume)
{
    const std::size_t at = VolumeDescriptor * Sector;
    put(at, "\1CD001\1");
    putPadded(at + 8, "", 32);
    putPadded(at + 40, volume, 32);
    putBoth(at + 80, static_cast<std::uint32_t>(image.size() / Sector), 4);
    putBoth(at + 120, 1, 2);
    putBoth(at + 124, 1, 2);
    putBoth(at + 128, Sector, 2);
    constexpr std::uint32_t PathTableBytes = 10;
    putBoth(at + 132, PathTableBytes, 4);
    putLittle(at + 140, PathTableLittle, 4);
    putBig(at + 148, PathTableBig, 4);
    putRecord(at + 156, Self, RootFolder, Sector, true);
    putPadded(at + 190, "", 128);
    putPadded(at + 318, "GUESTHOUSE", 128);
    putPadded(at + 446, "GUESTHOUSE", 128);
    putPadded(at + 574, "GUESTHOUSE DEMO", 128);
    putPadded(at + 702, "", 111);
    for (const std::size_t date : {813UZ, 830UZ, 847UZ, 864UZ}) {
        put(at + date, "0000000000000000"); // no date
        image[at + date + 16] = 0;
    }
    image[at + 881] = 1;
    put(Terminator * Sector, "\xff"
                             "CD001\1");
}

void putPathTables()
{
    for (const std::uint32_t table : {PathTableLittle, PathTableBig}) {
        const std::size_t at = table * Sector;
        image[at] = 1;
        table == PathTableLittle ? putLittle(at + 2, RootFolder, 4) : putBig(at + 2, RootFolder, 4);
        table == PathTableLittle ? putLittle(at + 6, 1, 2) : putBig(at + 6, 1, 2);
    }
}

void putBootCatalogue(const File& bootImage)
{
    const std::size_t record = BootRecord * Sector;
    image[record] = 0;
    put(record + 1, "CD001\1");
    put(record + 7, "EL TORITO SPECIFICATION");
    putLittle(record + 71, BootCatalogue, 4);
    const std::size_t catalogue = BootCatalogue * Sector;
    image[catalogue] = 1; // validation entry, for the 80x86
    image[catalogue + 30] = '\x55';
    image[catalogue + 31] = '\xAA';
    putLittle(catalogue + 28, 0x10000 - (0xAA55 + 1), 2); // all its words add up to zero
    const std::size_t entry = catalogue + 32;
    image[entry] = '\x88'; // bootable; no emulation, loaded to 7C00h
    const std::size_t sectors = (bootImage.bytes.size() + VirtualSector - 1) / VirtualSector;
    putLittle(entry + 6, static_cast<std::uint32_t>(sectors), 2);
    putLittle(entry + 8, bootImage.sector, 4);
}

bool putFolder(const std::vector<File>& files)
{
    std::size_t at = RootFolder * Sector;
    at += putRecord(at, Self, RootFolder, Sector, true);
    at += putRecord(at, Parent, RootFolder, Sector, true);
    for (const File& file : files) {
        if (at + 34 + file.name.size() > (RootFolder + 1) * Sector)
            return false;
        at += putRecord(at, file.name, file.sector, file.bytes.size(), false);
        put(file.sector * Sector, std::string_view(file.bytes.data(), file.bytes.size()));
    }
    return true;
}

std::string isoName(const std::filesystem::path& path)
{
    std::string name;
    for (const char letter : path.filename().string().substr(0, LongestName - 2))
        name += std::isalnum(static_cast<unsigned char>(letter)) || letter == '.'
                    ? static_cast<char>(std::toupper(static_cast<unsigned char>(letter)))
                    : '_';
    return name + ";1";
}

} // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() < 3) {
        std::cerr << "usage: make_iso OUTPUT VOLUME BOOT-IMAGE [FILE...]\n";
        return 2;
    }
    std::vector<File> files;
    std::uint32_t sector = FirstFile;
    for (std::size_t i = 2; i < words.size(); ++i) {
        std::ifstream input(words[i], std::ios::binary);
        File file{.name = isoName(words[i]),
                  .bytes = {std::istreambuf_iterator<char>(input), {}},
                  .sector = sector};
        if (!input) {
            std::cerr << "make_iso: cannot read " << words[i] << '\n';
            return 1;
        }
        sector += static_cast<std::uint32_t>((file.bytes.size() + Sector - 1) / Sector);
        files.push_back(std::move(file));
    }
    const File bootImage = files.front();
    std::ranges::sort(files, {}, &File::name);
    image.resize(sector * Sector);
    putVolumeDescriptor(words[1]);
    putPathTables();
    putBootCatalogue(bootImage);
    if (!putFolder(files)) {
        std::cerr << "make_iso: too many files for one folder\n";
        return 1;
    }
    std::ofstream output(words[0], std::ios::binary);
    if (!output.write(image.data(), static_cast<std::streamsize>(image.size())).flush()) {
        std::cerr << "make_iso: cannot write " << words[0] << '\n';
        return 1;
    }
    return 0;
}
