// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/firmware_image.h"
#include "firmware/firmware_locator.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace engine::firmware {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t CodeBytes = 0x37'c000;
constexpr std::size_t VariableBytes = 0x8'4000;

class FirmwareFolder : public ::testing::Test {
protected:
    FirmwareFolder()
    {
        std::string pattern = (fs::temp_directory_path() / "guesthouse-firmware-XXXXXX").string();
        m_root = ::mkdtemp(pattern.data());
    }
    ~FirmwareFolder() override { fs::remove_all(m_root); }

    fs::path put(const fs::path& name, const std::string& content) const
    {
        const fs::path path = m_root / name;
        fs::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << content;
        return path;
    }
    fs::path putVolume(const fs::path& name, std::size_t size) const
    {
        std::string content(size, '\0');
        content.replace(40, 4, "_FVH");
        return put(name, content);
    }
    [[nodiscard]] FirmwareLocator locator() const
    {
        return FirmwareLocator({{m_root / "a", m_root / "b"}, {m_root / "json"}});
    }

    fs::path m_root; // NOLINT(*-non-private-member-variables-in-classes)
};

std::string descriptor(const fs::path& code, const fs::path& variables, const std::string& features,
                       const std::string& machine = "pc-q35-*", const std::string& format = "raw")
{
    return R"({"interface-types": ["uefi"], "mapping": {"device": "flash", "executable": {"filename": ")"
           + code.string() + R"(", "format": ")" + format + R"("}, "nvram-template": {"filename": ")"
           + variables.string()
           + R"(", "format": "raw"}}, "targets": [{"architecture": "x86_64", "machines": [")" + machine
           + R"("]}], "features": [)" + features + "]}";
}

} // namespace

TEST_F(FirmwareFolder, MissingImagesNameThePackagesOfEveryDistribution)
{
    const auto bios = locator().seaBios();
    ASSERT_FALSE(bios);
    EXPECT_EQ(bios.error().code, ErrorCode::NotFound);
    for (const char* word : {"bios-256k.bin", "seabios (Debian", "seabios-bin (Fedora)",
                             "qemu-seabios (openSUSE)", "(Arch)", "GUESTHOUSE_FIRMWARE_PATH"})
        EXPECT_NE(bios.error().message().find(word), std::string::npos) << word;
    EXPECT_NE(locator().uefi(SecureBoot::Off).error().message().find("edk2-ovmf"), std::string::npos);
    EXPECT_NE(locator().vgaBios().error().message().find("vgabios-stdvga.bin"), std::string::npos);
    EXPECT_NE(
        locator().networkBootRom(NetworkCard::E1000e, RomKind::Uefi).error().message().find("efi-e1000e.rom"),
        std::string::npos);
}

TEST_F(FirmwareFolder, EarlierFoldersAndNamesWin)
{
    put("b/bios-256k.bin", "x");
    EXPECT_EQ(locator().seaBios().value(), m_root / "b/bios-256k.bin");
    put("a/bios.bin", "x");
    EXPECT_EQ(locator().seaBios().value(), m_root / "a/bios.bin");
    put("a/bios-256k.bin", "x");
    EXPECT_EQ(locator().seaBios().value(), m_root / "a/bios-256k.bin");
    put("b/pxe-virtio.rom", "x");
    EXPECT_EQ(locator().networkBootRom(NetworkCard::Virtio, RomKind::Bios).value(),
              m_root / "b/pxe-virtio.rom");
}

TEST_F(FirmwareFolder, UefiCodeComesWithVariablesOfTheMatchingSize)
{
    putVolume("a/OVMF_CODE_4M.fd", CodeBytes);
    EXPECT_FALSE(locator().uefi(SecureBoot::Off));
    putVolume("a/OVMF_VARS_4M.fd", 0x2'0000); // of a 2 MiB flash
    EXPECT_FALSE(locator().uefi(SecureBoot::Off));
    putVolume("a/OVMF_VARS_4M.fd", VariableBytes);
    const auto files = locator().uefi(SecureBoot::Off);
    ASSERT_TRUE(files) << files.error().message();
    EXPECT_EQ(*files, (UefiFiles{m_root / "a/OVMF_CODE_4M.fd", m_root / "a/OVMF_VARS_4M.fd"}));
    EXPECT_NE(locator().uefi(SecureBoot::KeysEnrolled).error().message().find("Secure Boot keys"),
              std::string::npos);
    putVolume("a/OVMF_VARS_4M.ms.fd", VariableBytes);
    EXPECT_EQ(locator().uefi(SecureBoot::KeysEnrolled).value().variables, m_root / "a/OVMF_VARS_4M.ms.fd");
    EXPECT_EQ(locator().uefi(SecureBoot::Off).value().variables, m_root / "a/OVMF_VARS_4M.fd");
}

TEST_F(FirmwareFolder, DescriptorsNameImagesInOddPlaces)
{
    const auto code = putVolume("odd/code", CodeBytes);
    const auto smmCode = putVolume("odd/smm", CodeBytes);
    const auto variables = putVolume("odd/vars", VariableBytes);
    const auto keys = putVolume("odd/keys", VariableBytes);
    put("json/10-keys.json", descriptor(smmCode, keys, R"("requires-smm", "enrolled-keys")"));
    EXPECT_FALSE(locator().uefi(SecureBoot::Off)); // only firmware that needs SMM
    put("json/50-other.json", descriptor(code, variables, "", "pc-i440fx-*"));
    EXPECT_FALSE(locator().uefi(SecureBoot::Off)); // another machine
    put("json/60-plain.json", descriptor(code, variables, ""));
    EXPECT_EQ(locator().uefi(SecureBoot::Off).value(), (UefiFiles{code, variables}));
    EXPECT_EQ(locator().uefi(SecureBoot::KeysEnrolled).value(), (UefiFiles{code, keys}));
}

TEST(FirmwareDescriptor, DamagedOnesAreIgnored)
{
    const std::string good = descriptor("/c", "/v", "");
    ASSERT_TRUE(parseDescriptor(good));
    EXPECT_FALSE(parseDescriptor(descriptor("/c", "/v", "", "pc-q35-*", "qcow2")));
    for (std::size_t length = 0; length < good.size(); ++length)
        EXPECT_FALSE(parseDescriptor(std::string_view(good).substr(0, length)));
    for (const char* text : {"null", "[]", "{}", "3", R"({"targets": 3, "mapping": []})",
                             R"({"targets": [[]], "mapping": {"device": ["flash"]}})"})
        EXPECT_FALSE(parseDescriptor(text)) << text;
}

TEST(FirmwareSearch, TheEnvironmentComesFirst)
{
    ::setenv("GUESTHOUSE_FIRMWARE_PATH", "/one::/two:", 1);
    const FirmwareSearch search = FirmwareSearch::fromEnvironment();
    ::unsetenv("GUESTHOUSE_FIRMWARE_PATH");
    ASSERT_GE(search.folders.size(), 3U);
    EXPECT_EQ(search.folders[0], "/one");
    EXPECT_EQ(search.folders[1], "/two");
    EXPECT_TRUE(search.folders[2].string().starts_with("/app/share"));
}

TEST_F(FirmwareFolder, ImagesOfAWrongSizeAreRefusedWithASentence)
{
    const auto sentence = [](const fs::path& path, ImageKind kind) {
        const auto image = readImage(path, kind);
        return image ? std::string() : image.error().message();
    };
    const auto bios = put("bios", std::string(0x4'0000, 'b'));
    EXPECT_EQ(sentence(bios, ImageKind::Bios), "");
    const auto odd = put("odd", std::string(0x4'0001, 'b'));
    EXPECT_NE(sentence(odd, ImageKind::Bios)
                  .find("262145 bytes, but a usable image is a multiple of 64 KiB up to 1 MiB"),
              std::string::npos);
    EXPECT_NE(sentence(put("huge", std::string(0x20'0000, 'b')), ImageKind::Bios), "");
    EXPECT_NE(sentence(put("none", ""), ImageKind::Bios).find("is empty"), std::string::npos);
    EXPECT_NE(sentence(m_root, ImageKind::Bios).find("not a regular file"), std::string::npos);
    EXPECT_NE(sentence(m_root / "absent", ImageKind::Bios).find("cannot be opened"), std::string::npos);
    const auto code = putVolume("code", CodeBytes);
    EXPECT_EQ(sentence(code, ImageKind::UefiCode), "");
    EXPECT_NE(sentence(bios, ImageKind::UefiCode).find("does not begin with a UEFI firmware volume"),
              std::string::npos);
    EXPECT_NE(sentence(putVolume("vol", 0x4'0000), ImageKind::Bios).find("not a BIOS"), std::string::npos);
    EXPECT_NE(sentence(bios, ImageKind::OptionRom).find("55 AA"), std::string::npos);
    EXPECT_EQ(sentence(put("rom", "\x55\xaa" + std::string(510, '\0')), ImageKind::OptionRom), "");
    EXPECT_EQ(readUserImage(bios).value().kind, ImageKind::Bios);
    EXPECT_EQ(readUserImage(code).value().kind, ImageKind::UefiCode);
    EXPECT_FALSE(readUserImage(odd));
}

TEST(FirmwareLocator, WhatThisComputerHasIsUsable)
{
    const FirmwareLocator locator;
    const auto bios = locator.seaBios();
    const auto uefi = locator.uefi(SecureBoot::Off);
    if (!bios || !uefi)
        GTEST_SKIP() << (bios ? uefi.error().message() : bios.error().message());
    EXPECT_TRUE(readImage(*bios, ImageKind::Bios));
    const auto code = readImage(uefi->code, ImageKind::UefiCode);
    const auto variables = readImage(uefi->variables, ImageKind::UefiVariables);
    ASSERT_TRUE(code && variables);
    EXPECT_EQ((code->content.size() + variables->content.size()) % (2U << 20), 0U);
    if (const auto video = locator.vgaBios()) {
        EXPECT_TRUE(readImage(*video, ImageKind::OptionRom));
    }
}

} // namespace engine::firmware
