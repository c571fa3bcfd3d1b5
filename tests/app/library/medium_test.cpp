// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/medium.h"
#include "temporary_folder.h"

#include <algorithm>
#include <array>
#include <random>

using namespace app;

namespace {

constexpr std::size_t SectorBytes = 2048;

/// A minimal ISO 9660 image: system area, descriptors from sector 16, boot catalogue in sector 20.
class IsoImage {
public:
    IsoImage() : m_bytes(21 * SectorBytes, '\0')
    {
        descriptor(16, 1);
        pad(16, 8, 32, "LINUX");
        pad(16, 40, 32, "Debian 12.5.0 amd64 n");
        pad(16, 318, 128, "PUBLISHER");
        pad(16, 574, 128, "XORRISO");
        m_bytes[16 * SectorBytes + 80] = 21;
        m_bytes[16 * SectorBytes + 129] = 8;
        descriptor(17, 255);
    }
    void makeBootable(unsigned char platform, unsigned char secondPlatform)
    {
        descriptor(17, 0);
        put(17, 7, "EL TORITO SPECIFICATION");
        m_bytes[17 * SectorBytes + 71] = 20;
        descriptor(18, 255);
        const std::size_t catalog = 20 * SectorBytes;
        m_bytes[catalog] = 1;
        m_bytes[catalog + 1] = static_cast<char>(platform);
        m_bytes[catalog + 30] = '\x55';
        m_bytes[catalog + 31] = '\xAA';
        m_bytes[catalog + 32] = '\x88';
        m_bytes[catalog + 64] = '\x91';
        m_bytes[catalog + 65] = static_cast<char>(secondPlatform);
        m_bytes[catalog + 66] = 1;
        m_bytes[catalog + 96] = '\x88';
    }
    std::string& bytes() { return m_bytes; }

private:
    void put(std::size_t sector, std::size_t offset, std::string_view text)
    {
        m_bytes.replace(sector * SectorBytes + offset, text.size(), text);
    }
    void pad(std::size_t sector, std::size_t offset, std::size_t length, std::string text)
    {
        text.resize(length, ' ');
        put(sector, offset, text);
    }
    void descriptor(std::size_t sector, unsigned char type)
    {
        m_bytes[sector * SectorBytes] = static_cast<char>(type);
        put(sector, 1, "CD001\1");
    }
    std::string m_bytes;
};

Medium identify(const std::string& contents, std::string_view name = "image.bin")
{
    const TemporaryFolder folder;
    writeText(folder / name, contents);
    return identifyMedium(folder / name);
}

} // namespace

TEST(Medium, ReadsIsoVolumeAndBootKinds)
{
    IsoImage image;
    image.makeBootable(0x00, 0xEF);
    const Medium medium = identify(image.bytes());
    EXPECT_EQ(medium.kind, MediumKind::Iso);
    EXPECT_EQ(medium.volume.volumeId, "Debian 12.5.0 amd64 n");
    EXPECT_EQ(medium.volume.systemId, "LINUX");
    EXPECT_EQ(medium.volume.applicationId, "XORRISO");
    EXPECT_EQ(medium.volume.sizeBytes, 21 * SectorBytes);
    EXPECT_TRUE(medium.volume.bootsBios);
    EXPECT_TRUE(medium.volume.bootsUefi);
}

TEST(Medium, IsoWithoutBootCatalogueBootsNowhere)
{
    const Medium medium = identify(IsoImage().bytes());
    EXPECT_EQ(medium.kind, MediumKind::Iso);
    EXPECT_FALSE(medium.volume.bootsBios);
    EXPECT_FALSE(medium.volume.bootsUefi);
}

TEST(Medium, CutIsoIsNoIsoOrHasTheSameName)
{
    IsoImage image;
    image.makeBootable(0x00, 0xEF);
    for (std::size_t length = 15 * SectorBytes; length < image.bytes().size(); length += 511) {
        const Medium medium = identify(image.bytes().substr(0, length));
        if (medium.kind == MediumKind::Iso)
            EXPECT_EQ(medium.volume.volumeId, "Debian 12.5.0 amd64 n");
    }
}

TEST(Medium, AnyBytesAreTolerated)
{
    std::mt19937 random(1); // NOLINT: the same bytes each time
    for (int round = 0; round < 200; ++round) {
        IsoImage image;
        image.makeBootable(0x00, 0xEF);
        for (std::size_t i = 16 * SectorBytes; i < image.bytes().size(); i += 1 + random() % 300)
            image.bytes()[i] = static_cast<char>(random());
        const Medium medium = identify(image.bytes());
        EXPECT_NE(medium.kind, MediumKind::Missing);
        EXPECT_EQ(medium.fileBytes, image.bytes().size());
        for (const std::string* text : {&medium.volume.volumeId, &medium.volume.systemId,
                                        &medium.volume.publisherId, &medium.volume.applicationId}) {
            EXPECT_LE(text->size(), 128U);
            EXPECT_TRUE(std::ranges::all_of(*text, [](char c) { return c >= ' ' && c < 0x7F; })) << *text;
        }
        if (medium.kind != MediumKind::Iso)
            EXPECT_EQ(medium.volume, IsoVolume{}) << "what is no ISO says nothing about one";
    }
}

TEST(Medium, KnowsDiskFormatsByTheirSignature)
{
    const auto formatOf = [](std::string contents) {
        contents.resize(2048, '\0');
        const Medium medium = identify(contents);
        EXPECT_EQ(medium.kind, MediumKind::DiskImage);
        return medium.format;
    };
    EXPECT_EQ(formatOf("QFI\xfb"), "qcow2");
    EXPECT_EQ(formatOf("KDMV"), "vmdk");
    EXPECT_EQ(formatOf("vhdxfile"), "vhdx");
    EXPECT_EQ(formatOf("conectix"), "vhd");
    EXPECT_EQ(formatOf(std::string(64, ' ') + "\x7f\x10\xda\xbe"), "vdi");
    std::string bootSector(512, '\0');
    bootSector[510] = '\x55';
    bootSector[511] = '\xAA';
    EXPECT_EQ(formatOf(bootSector), "raw");
}

TEST(Medium, ReadsTheSizeOfAQcow2Disk)
{
    std::string header(104, '\0');
    header.replace(0, 4, "QFI\xfb");
    header[28] = '\x02'; // big-endian 64-bit size at offset 24: 2^33
    header[27] = '\0';
    header.resize(1024);
    EXPECT_EQ(identify(header).diskBytes, std::uint64_t{2} << 24);
}

TEST(Medium, FloppyIsKnownByItsSize)
{
    EXPECT_EQ(identify(std::string(1474560, '\0')).kind, MediumKind::Floppy);
}

TEST(Medium, NothingKnownIsNotAnError)
{
    EXPECT_EQ(identify("hello").kind, MediumKind::Unknown);
    EXPECT_EQ(identify("").kind, MediumKind::Unknown);
    EXPECT_EQ(identify(std::string(5000, 'x')).kind, MediumKind::Unknown);
    EXPECT_EQ(identifyMedium("/nonexistent/file").kind, MediumKind::Missing);
    EXPECT_EQ(identifyMedium("/").kind, MediumKind::Missing);
    EXPECT_EQ(identify(std::string(5000, 'x'), "x.ova").kind, MediumKind::Appliance);
}

TEST(Medium, MikeOsIsAnIsoThatBootsOnlyWithABios)
{
    const std::filesystem::path iso = GUESTHOUSE_SOURCE_DIR "/../shared/guests/others/mikeos.iso";
    if (!std::filesystem::exists(iso))
        GTEST_SKIP() << "no MikeOS image on this machine";
    const Medium medium = identifyMedium(iso);
    EXPECT_EQ(medium.kind, MediumKind::Iso);
    EXPECT_EQ(medium.volume.volumeId, "MIKEOS");
    EXPECT_TRUE(medium.volume.bootsBios);
    EXPECT_FALSE(medium.volume.bootsUefi);
}
