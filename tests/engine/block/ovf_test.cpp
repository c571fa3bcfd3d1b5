// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/export/ova_writer.h"
#include "block/image_source.h"
#include "block/import/ovf.h"
#include "engine/block/disk_test_support.h"

#include <algorithm>

namespace engine::block::test {
namespace {

/// As virtual machine programs export it, shortened.
constexpr std::string_view Descriptor = R"(<?xml version="1.0" encoding="UTF-8"?>
<Envelope ovf:version="1.0" xmlns="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
  xmlns:vmw="http://www.vmware.com/schema/ovf">
  <References><File ovf:id="file1" ovf:href="box-disk001.vmdk" ovf:size="123"/>
    <File ovf:id="nvram" ovf:href="box.nvram"/></References>
  <DiskSection><Info>Disks</Info>
    <Disk ovf:capacity="20" ovf:capacityAllocationUnits="byte * 2^20" ovf:diskId="vmdisk1" ovf:fileRef="file1"/>
    <Disk ovf:capacity="1073741824" ovf:diskId="empty"/>
  </DiskSection>
  <VirtualSystem ovf:id="box"><Info>A machine</Info><Name>My box</Name>
    <OperatingSystemSection ovf:id="96"><Info>The kind of system</Info>
      <Description>Debian &lt;12&gt; (64-bit)</Description></OperatingSystemSection>
    <VirtualHardwareSection><Info>Hardware</Info>
      <Item><rasd:Description>CPUs</rasd:Description><rasd:ResourceType>3</rasd:ResourceType>
        <rasd:VirtualQuantity>2</rasd:VirtualQuantity></Item>
      <Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:ResourceType>4</rasd:ResourceType>
        <rasd:VirtualQuantity>1024</rasd:VirtualQuantity></Item>
      <vmw:Config ovf:required="false" vmw:key="firmware" vmw:value="efi"/>
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>)";

Bytes bytesOf(std::string_view text)
{
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

/// A command that prints a manifest of these files, made by others.
std::string sha256Manifest(const std::string& files)
{
    return "sha256sum " + files + R"( | sed 's/\([0-9a-f]*\)  \(.*\)/SHA256(\2)= \1/')";
}

std::string replaced(std::string_view from, std::string_view to)
{
    std::string text(Descriptor);
    text.replace(text.find(from), from.size(), to);
    return text;
}

TEST(Ovf, DescriptorTellsTheMachine)
{
    const auto machine = parseOvf(bytesOf(Descriptor));
    ASSERT_TRUE(machine) << machine.error().message();
    EXPECT_EQ(machine->name, "My box");
    EXPECT_EQ(machine->systemDescription, "Debian <12> (64-bit)");
    EXPECT_EQ(machine->cpuCount, 2U);
    EXPECT_EQ(machine->memoryBytes, 1ULL << 30);
    EXPECT_TRUE(machine->usesUefi);
    ASSERT_EQ(machine->disks.size(), 1U);
    EXPECT_EQ(machine->disks[0].fileName, "box-disk001.vmdk");
    EXPECT_EQ(machine->disks[0].capacityBytes, 20U << 20);
}

TEST(Ovf, WhatIsHostileIsRefusedWithASentence)
{
    const auto refused = [](const std::string& text, std::string_view reason) {
        const auto machine = parseOvf(bytesOf(text));
        ASSERT_FALSE(machine) << reason;
        EXPECT_NE(machine.error().message().find(reason), std::string::npos) << machine.error().message();
    };
    refused("", "not well-formed");
    refused("<html/>", "not an OVF");
    refused(std::string(Descriptor.substr(0, 900)), "not well-formed");
    refused(replaced("box-disk001.vmdk", "../../etc/passwd"), "outside of the package");
    refused(replaced("box-disk001.vmdk", "/etc/passwd"), "outside of the package");
    refused(replaced("box-disk001.vmdk", ".."), "outside of the package");
    refused(replaced("ovf:fileRef=\"file1\"", "ovf:fileRef=\"nothing\""), "outside of the package");
    refused(replaced("<Envelope", "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><Envelope"),
            "document type");
    std::string deep;
    for (int i = 0; i < 100; ++i)
        deep += "<a>";
    refused(replaced("<References>", deep), "too deeply");
    const auto large = parseOvf(Bytes(5 << 20));
    EXPECT_FALSE(large);
}

TEST(Ova, PackageIsUnpackedAndItsDiskConverted)
{
    if (!hasQemuImg() || shell("tar --version").exitCode != 0)
        GTEST_SKIP() << "qemu-img or tar is not installed";
    const TemporaryFolder folder;
    Bytes contents = pattern(20 << 20, 4);
    std::fill(contents.begin() + (2 << 20), contents.begin() + (18 << 20), std::byte{});
    writeFile(folder / "disk.raw", contents);
    const std::string in = "cd '" + folder.path().string() + "' && ";
    ASSERT_EQ(
        shell(in + "qemu-img convert -f raw -O vmdk -o subformat=streamOptimized disk.raw box-disk001.vmdk")
            .exitCode,
        0);
    writeFile(folder / "box.ovf", bytesOf(Descriptor));
    writeFile(folder / "box.mf", bytesOf(shell(in + sha256Manifest("box.ovf box-disk001.vmdk")).output));
    ASSERT_EQ(shell(in + "tar -cf box.ova --format=ustar box.ovf box.mf box-disk001.vmdk").exitCode, 0);
    std::filesystem::create_directory(folder / "out");
    const auto machine = unpackOva(folder / "box.ova", folder / "out");
    ASSERT_TRUE(machine) << machine.error().message();
    EXPECT_FALSE(std::filesystem::exists(folder / "out/box.mf"));
    const auto disk = folder / "out/box-disk001.vmdk";
    const auto format = detectSourceFormat(disk);
    ASSERT_TRUE(format);
    auto source = openSource(disk, *format);
    ASSERT_TRUE(source) << source.error().message();
    ASSERT_TRUE(convertImage(**source, folder / "out/disk.qcow2", {}));
    EXPECT_TRUE(qemuSeesContents(folder / "out/disk.qcow2", "qcow2", contents));

    // A package that ends in the middle of its disk leaves nothing behind.
    std::filesystem::resize_file(folder / "box.ova", std::filesystem::file_size(disk) / 2);
    std::filesystem::create_directory(folder / "out2");
    const auto cut = unpackOva(folder / "box.ova", folder / "out2");
    ASSERT_FALSE(cut);
    EXPECT_TRUE(std::filesystem::is_empty(folder / "out2"));
    // No package at all.
    EXPECT_FALSE(unpackOva(folder / "disk.raw", folder / "out2"));
}

/// What a disk of a package holds, whatever its format.
Bytes contentsOf(const std::filesystem::path& disk, const TemporaryFolder& folder)
{
    auto source = openSource(disk, detectSourceFormat(disk).value());
    const auto copy = folder / "contents.qcow2";
    std::filesystem::remove(copy);
    if (!source || !convertImage(**source, copy, {}))
        return {};
    return openDisk(copy).readAll();
}

/// Two disks, one of them with a hole, in a package of our own.
Result<> exportBox(const TemporaryFolder& folder, const Bytes& first, const Bytes& second)
{
    writeFile(folder / "one.raw", first);
    writeFile(folder / "two.raw", second);
    Appliance box{
        .name = "My <box> & co", .cpuCount = 3, .memoryBytes = 768ULL << 20, .usesUefi = true, .disks = {}};
    box.disks = {{.path = folder / "one.raw", .format = SourceFormat::Raw},
                 {.path = folder / "two.raw", .format = SourceFormat::Raw}};
    return exportAppliance(box, folder / "box.ova");
}

TEST(Ova, WhatIsExportedIsImportedAndReadByOthers)
{
    const TemporaryFolder folder;
    Bytes first = pattern(40 << 20, 5);
    std::fill(first.begin() + (3 << 20), first.begin() + (39 << 20), std::byte{});
    const Bytes second = pattern((5 << 20) + 512, 6); // ends inside a grain
    const auto exported = exportBox(folder, first, second);
    ASSERT_TRUE(exported) << exported.error().message();
    EXPECT_LT(std::filesystem::file_size(folder / "box.ova"), 20U << 20) << "zeros take no space";
    std::filesystem::create_directory(folder / "in");
    const auto machine = unpackOva(folder / "box.ova", folder / "in");
    ASSERT_TRUE(machine) << machine.error().message();
    EXPECT_EQ(machine->name, "My <box> & co");
    EXPECT_EQ(machine->cpuCount, 3U);
    EXPECT_EQ(machine->memoryBytes, 768U << 20);
    EXPECT_TRUE(machine->usesUefi);
    ASSERT_EQ(machine->disks.size(), 2U);
    EXPECT_EQ(machine->disks[0].capacityBytes, first.size());
    EXPECT_EQ(contentsOf(folder / "in" / machine->disks[0].fileName, folder), first);
    EXPECT_EQ(contentsOf(folder / "in" / machine->disks[1].fileName, folder), second);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder / "in"), {}), 2)
        << "nothing else is left";
    if (!hasQemuImg() || shell("tar --version").exitCode != 0)
        GTEST_SKIP() << "the rest needs qemu-img and tar";
    const std::string in = "cd '" + folder.path().string() + "' && ";
    const auto listed = shell(in + "tar -tf box.ova");
    EXPECT_EQ(listed.output,
              "My__box____co.ovf\nMy__box____co.mf\nMy__box____co-disk1.vmdk\nMy__box____co-disk2.vmdk\n");
    ASSERT_EQ(shell(in + "tar -xf box.ova").exitCode, 0);
    EXPECT_EQ(shell(in + "qemu-img compare -f raw -F vmdk one.raw My__box____co-disk1.vmdk").exitCode, 0);
    EXPECT_EQ(shell(in + "qemu-img compare -f raw -F vmdk two.raw My__box____co-disk2.vmdk").exitCode, 0);
    const std::string files = "My__box____co.ovf My__box____co-disk1.vmdk My__box____co-disk2.vmdk";
    EXPECT_EQ(bytesOf(shell(in + sha256Manifest(files)).output), readFile(folder / "My__box____co.mf"));
}

TEST(Ova, DamageIsFoundByTheManifest)
{
    const TemporaryFolder folder;
    ASSERT_TRUE(exportBox(folder, pattern(1 << 20, 7), pattern(1 << 20, 8)));
    Bytes package = readFile(folder / "box.ova");
    package[package.size() - (200 << 10)] ^= std::byte{1}; // in the last disk
    writeFile(folder / "bad.ova", package);
    std::filesystem::create_directory(folder / "in");
    const auto refused = unpackOva(folder / "bad.ova", folder / "in");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message().find("manifest"), std::string::npos) << refused.error().message();
    EXPECT_TRUE(std::filesystem::is_empty(folder / "in"));
}

TEST(Ovf, LooseFilesBesideTheirDescriptorAreChecked)
{
    if (shell("tar --version").exitCode != 0)
        GTEST_SKIP() << "tar is not installed";
    const TemporaryFolder folder;
    ASSERT_TRUE(exportBox(folder, pattern(1 << 20, 9), pattern(1 << 20, 10)));
    ASSERT_EQ(shell("cd '" + folder.path().string() + "' && tar -xf box.ova").exitCode, 0);
    const auto descriptor = folder / "My__box____co.ovf";
    const auto manifest = folder / "My__box____co.mf";
    const auto checked = checkOvfFiles(descriptor);
    ASSERT_TRUE(checked) << checked.error().message();
    // SHA-1, as older programs write it.
    const std::string disk = "My__box____co-disk1.vmdk";
    const std::string in = "cd '" + folder.path().string() + "' && ";
    const std::string sha1 = shell(in + "sha1sum " + disk).output.substr(0, 40);
    writeFile(manifest, bytesOf("SHA1 (" + disk + ") = " + sha1 + "\r\n"));
    EXPECT_TRUE(checkOvfFiles(descriptor));
    const auto refused = [&](std::string_view text, std::string_view reason) {
        writeFile(manifest, bytesOf(text));
        const auto result = checkOvfFiles(descriptor);
        ASSERT_FALSE(result) << text;
        EXPECT_NE(result.error().message().find(reason), std::string::npos) << result.error().message();
    };
    refused("SHA1(" + disk + ")= 0123456789012345678901234567890123456789\n", disk);
    refused("MD5(" + disk + ")= 01\n", "can't be understood");
    refused("SHA1(" + disk + ")= 01\n", "can't be understood");
    refused("gibberish", "can't be understood");
    std::filesystem::remove(manifest);
    EXPECT_TRUE(checkOvfFiles(descriptor)) << "a manifest is not demanded";
    std::filesystem::remove(folder / disk);
    const auto missing = checkOvfFiles(descriptor);
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().message().find("is missing"), std::string::npos) << missing.error().message();
}

} // namespace
} // namespace engine::block::test
