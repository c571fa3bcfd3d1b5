// SPDX-License-Identifier: GPL-3.0-or-later
// A Linux guest's file systems on our disks and CDs: what it has synchronised survives the sudden death
// of the whole program, and the file system is whole afterwards.
#include "boot/guest_harness.h"
#include "boot/test_files.h"
#include "support/initrd.h"

#include <spawn.h>
#include <sys/wait.h>

#include <csignal>
#include <thread>

extern char** environ; // NOLINT(readability-redundant-declaration): POSIX asks for it

namespace {

using namespace std::chrono_literals;

constexpr const char* Init = R"sh(#!/bin/busybox sh
B=/bin/busybox
$B mount -t proc proc /proc; $B mount -t sysfs sys /sys; $B mount -t devtmpfs dev /dev 2>/dev/null
$B mkdir -p /mnt
for w in $($B cat /proc/cmdline); do case $w in job=*) job=${w#job=};; disk=*) disk=/dev/${w#disk=};; esac; done
i=0; while [ ! -b $disk ] && [ $i -lt 100 ]; do i=$((i+1)); $B sleep 0.1; done

write_tree() {
  $B mount -t ext4 $disk /mnt || { echo MOUNT-FAILED; return; }
  cd /mnt
  for d in $($B seq 1 8); do
    $B mkdir -p tree/$d/deep
    for f in $($B seq 1 6); do
      $B dd if=/dev/urandom of=tree/$d/deep/$f bs=1021 count=$((d * f * 5 + f)) 2>/dev/null
    done
    $B ln -s deep/1 tree/$d/link; $B ln tree/$d/deep/2 tree/$d/again
  done
  $B find tree -type f | $B sort | $B xargs $B sha1sum > sums
  $B sync
  echo "SYNCED $($B sha1sum < sums)"
  i=0
  while :; do
    i=$((i+1))
    $B mkdir -p later; $B dd if=/dev/urandom of=later/$i bs=64k count=4 2>/dev/null
    $B mv later/$i later/renamed$i; $B rm -f later/renamed$((i-8))
    echo "MORE $i."
  done
}

read_tree() {
  $B mount -t ext4 $disk /mnt || { echo MOUNT-FAILED; return; }
  cd /mnt
  echo "SUMS $($B sha1sum < sums)"
  $B sha1sum -c -s sums && echo "TREE-OK $($B wc -l < sums)" || echo TREE-BAD
  cd /; $B umount /mnt && echo UNMOUNTED
}

read_cd() {
  $B mount -t iso9660 -o ro $disk /mnt || { echo MOUNT-FAILED; return; }
  cd /mnt
  $B sha1sum -c -s SUMS && echo "TREE-OK $($B wc -l < SUMS)" || echo TREE-BAD
  cd /; $B umount /mnt
  echo "DISC $($B cat $disk | $B sha1sum)"
}

$job
while :; do $B sleep 100; done
)sh";

const char* nodeName(engine::DiskBus bus)
{
    switch (bus) {
    case engine::DiskBus::Ahci: return "sda";
    case engine::DiskBus::Nvme: return "nvme0n1";
    case engine::DiskBus::Virtio: return "vda";
    }
    return "";
}

const char* busName(engine::DiskBus bus)
{
    switch (bus) {
    case engine::DiskBus::Ahci: return "ahci";
    case engine::DiskBus::Nvme: return "nvme";
    case engine::DiskBus::Virtio: return "virtio";
    }
    return "";
}

/// The program itself, in a process that can be killed.
class Program {
public:
    explicit Program(std::vector<std::string> words)
    {
        words.insert(words.begin(), GUESTHOUSE_PROGRAM);
        std::vector<char*> arguments;
        for (std::string& word : words)
            arguments.push_back(word.data());
        arguments.push_back(nullptr);
        if (::posix_spawn(&m_process, GUESTHOUSE_PROGRAM, nullptr, nullptr, arguments.data(), environ) != 0)
            m_process = -1;
    }
    ~Program() { kill(); }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    Program(Program&&) = delete;
    Program& operator=(Program&&) = delete;
    [[nodiscard]] bool runs() const { return m_process > 0 && ::waitpid(m_process, nullptr, WNOHANG) == 0; }
    void kill()
    {
        if (m_process <= 0)
            return;
        ::kill(m_process, SIGKILL);
        ::waitpid(m_process, nullptr, 0);
        m_process = -1;
    }

private:
    pid_t m_process = -1;
};

struct Medium {
    engine::DiskBus bus{};
    const char* format = "";
};

class GuestStorage : public testing::Test {
protected:
    void SetUp() override
    {
        REQUIRE_KVM();
        REQUIRE_FILE(m_kernel);
        engine::test::InitrdWriter writer;
        if (!writer.addBusyBox(Init))
            GTEST_SKIP() << "/bin/busybox is not installed";
        ASSERT_TRUE(writer.write((m_folder / "initrd").string()));
    }
    [[nodiscard]] std::string commandLine(const std::string& job, const std::string& disk) const
    {
        return "console=ttyS0 panic=-1 quiet job=" + job + " disk=" + disk;
    }
    [[nodiscard]] engine::VmConfig config(const std::string& job, const std::string& disk) const
    {
        engine::VmConfig config;
        config.name = "storage";
        config.memoryBytes = std::uint64_t{128} << 20;
        config.hasDisplay = false;
        config.kernel = {.path = m_kernel.string(),
                         .initrdPath = (m_folder / "initrd").string(),
                         .commandLine = commandLine(job, disk)};
        return config;
    }
    boot::TestFolder m_folder;
    std::filesystem::path m_kernel = boot::sharedGuests() / "linux-native/vmlinux";
};

class GuestFileSystem : public GuestStorage, public testing::WithParamInterface<Medium> {
protected:
    void SetUp() override
    {
        REQUIRE_PROGRAM("mke2fs");
        REQUIRE_PROGRAM("e2fsck");
        REQUIRE_PROGRAM("qemu-img");
        GuestStorage::SetUp();
    }
    /// An ext4 file system that the host made, in the format under test.
    [[nodiscard]] std::string makeImage() const
    {
        const auto raw = (m_folder / "disk.raw").string();
        boot::writeFile(raw, "");
        boot::padTo(raw, 96 << 20);
        EXPECT_EQ(boot::runOnHost({"mke2fs", "-q", "-F", "-t", "ext4", raw}).status, 0);
        if (GetParam().format == std::string("raw"))
            return raw;
        const auto image = (m_folder / "disk.qcow2").string();
        EXPECT_EQ(boot::runOnHost({"qemu-img", "convert", "-O", "qcow2", raw, image}).status, 0);
        return image;
    }
    /// The file system as the host's tools can read it.
    [[nodiscard]] std::string flatCopy(const std::string& image, const std::string& name) const
    {
        const auto copy = (m_folder / name).string();
        const auto made =
            boot::runOnHost({"qemu-img", "convert", "-f", GetParam().format, "-O", "raw", image, copy});
        EXPECT_EQ(made.status, 0) << made.output;
        return copy;
    }
    /// Runs the guest until it has written for a while behind its sync, then kills the program.
    /// Returns the checksum of the checksums that the guest printed when its tree was safe.
    [[nodiscard]] std::string writeAndDie(const std::string& image) const
    {
        const auto serial = m_folder / "serial.txt";
        Program program({"run", "--name", "storage-under-test", "--memory", "128M", "--no-display",
                         "--kernel", m_kernel.string(), "--initrd", (m_folder / "initrd").string(),
                         "--append", commandLine("write_tree", nodeName(GetParam().bus)), "--serial",
                         "file:" + serial.string(), "--disk",
                         image + ",bus=" + busName(GetParam().bus) + ",format=" + GetParam().format});
        const auto deadline = std::chrono::steady_clock::now() + 180s;
        std::string text;
        while (text.find("MORE 12.") == std::string::npos && program.runs()
               && std::chrono::steady_clock::now() < deadline) {
            std::this_thread::sleep_for(20ms);
            text = boot::readFile(serial);
        }
        program.kill();
        EXPECT_NE(text.find("MORE 12."), std::string::npos) << text;
        constexpr std::size_t DigestDigits = 40;
        const auto at = text.find("SYNCED ");
        return at == std::string::npos ? "nothing was synchronised" : text.substr(at + 7, DigestDigits);
    }
};

TEST_P(GuestFileSystem, KeepsWhatWasSynchronisedWhenTheProgramIsKilled)
{
    const std::string image = makeImage();
    const std::string digest = writeAndDie(image);

    // The host's tool replays the journal of a copy and then finds nothing wrong.
    const std::string copy = flatCopy(image, "replayed.raw");
    const auto replayed = boot::runOnHost({"e2fsck", "-p", copy});
    EXPECT_LE(replayed.status, 1) << replayed.output;
    const auto afterReplay = boot::runOnHost({"e2fsck", "-fn", copy});
    EXPECT_EQ(afterReplay.status, 0) << afterReplay.output;

    // The guest replays the journal of the image itself and reads its tree back.
    {
        auto settings = config("read_tree", nodeName(GetParam().bus));
        settings.disks.push_back({.path = image, .bus = GetParam().bus, .format = GetParam().format});
        boot::Guest guest(settings);
        ASSERT_TRUE(guest.start()) << guest.error();
        ASSERT_TRUE(guest.waitForSerial("UNMOUNTED", 120s)) << guest.serial();
        EXPECT_NE(guest.serial().find("SUMS " + digest), std::string::npos) << guest.serial();
        EXPECT_NE(guest.serial().find("TREE-OK 56"), std::string::npos) << guest.serial();
    }
    const auto checked = boot::runOnHost({"e2fsck", "-fn", flatCopy(image, "final.raw")});
    EXPECT_EQ(checked.status, 0) << checked.output;
    if (GetParam().format == std::string("qcow2")) {
        const auto container = boot::runOnHost({"qemu-img", "check", image});
        EXPECT_TRUE(container.status == 0 || container.status == 3) << container.output; // 3: leaks only
    }
}

INSTANTIATE_TEST_SUITE_P(
    Media, GuestFileSystem,
    testing::Values(Medium{engine::DiskBus::Ahci, "raw"}, Medium{engine::DiskBus::Ahci, "qcow2"},
                    Medium{engine::DiskBus::Nvme, "raw"}, Medium{engine::DiskBus::Nvme, "qcow2"},
                    Medium{engine::DiskBus::Virtio, "raw"}, Medium{engine::DiskBus::Virtio, "qcow2"}),
    [](const auto& info) { return std::string(busName(info.param.bus)) + "_" + info.param.format; });

TEST_F(GuestStorage, ReadsAnIso9660DiscThroughTheCdDrive)
{
    REQUIRE_PROGRAM("xorriso");
    const auto tree = m_folder / "tree";
    std::filesystem::create_directories(tree / "folder");
    std::string sums;
    for (unsigned i = 0; i < 6; ++i) {
        const std::string name = "folder/file-with-a-long-name-" + std::to_string(i);
        boot::writeFile(tree / name, boot::patternBytes(std::size_t{700'003} * i + 17, i + 1));
        sums +=
            boot::runOnHost({"sha1sum", (tree / name).string()}).output.substr(0, 40) + "  " + name + '\n';
    }
    boot::writeFile(tree / "SUMS", sums);
    const auto disc = (m_folder / "disc.iso").string();
    const auto made =
        boot::runOnHost({"xorriso", "-as", "mkisofs", "-quiet", "-R", "-o", disc, tree.string()});
    ASSERT_EQ(made.status, 0) << made.output;

    auto settings = config("read_cd", "sr0");
    settings.cds.push_back({.path = disc});
    boot::Guest guest(settings);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForSerial("DISC ", 120s)) << guest.serial();
    EXPECT_NE(guest.serial().find("TREE-OK 6"), std::string::npos) << guest.serial();
    const std::string digest = boot::runOnHost({"sha1sum", disc}).output.substr(0, 40);
    EXPECT_TRUE(guest.waitForSerial("DISC " + digest, 10s)) << digest << " in\n" << guest.serial();
}

} // namespace
