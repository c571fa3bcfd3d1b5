// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/guest_library.h"
#include "temporary_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <thread>

using namespace app;
using engine::ErrorCode;
namespace fs = std::filesystem;

namespace {

GuestDescription guestCalled(std::string name)
{
    GuestDescription guest;
    guest.config.name = std::move(name);
    guest.config.disks = {{.path = "disks/system.qcow2"}};
    guest.config.networks = {{.macAddress = "52:54:00:00:00:01"}};
    return guest;
}

engine::Result<> writeDisk(const fs::path& folder)
{
    writeText(folder / "disks" / "system.qcow2", "contents");
    return {};
}

class GuestLibraryTest : public ::testing::Test {
protected:
    GuestLibraryTest() { ::setenv("XDG_DATA_HOME", m_folder.path().c_str(), 1); }
    GuestLibrary open() { return GuestLibrary::open(root()).value(); }
    [[nodiscard]] fs::path root() const { return m_folder / "guests"; }

    TemporaryFolder m_folder;
};

} // namespace

TEST_F(GuestLibraryTest, CreatedGuestIsThereForTheNextProcess)
{
    const auto created = open().create(guestCalled("One"), writeDisk);
    ASSERT_TRUE(created) << created.error().message();
    const auto entries = open().scan().value();
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0].id(), created->id());
    EXPECT_EQ(entries[0].id().size(), 36U);
    EXPECT_EQ(entries[0].guest.config.disks[0].path, (root() / "One" / "disks" / "system.qcow2").string());
    EXPECT_NE(readText(root() / "One" / "guest.json").find("\"disks/system.qcow2\""), std::string::npos);
}

TEST_F(GuestLibraryTest, FailedCreationLeavesNothing)
{
    GuestLibrary library = open();
    const auto created = library.create(guestCalled("One"), [](const fs::path& folder) -> engine::Result<> {
        writeText(folder / "disks" / "half", "x");
        return engine::fail(ErrorCode::NoSpace, "full");
    });
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().code, ErrorCode::NoSpace);
    EXPECT_TRUE(library.scan().value().empty());
    for (const auto& item : fs::directory_iterator(root()))
        EXPECT_EQ(item.path().filename(), ".lock");
}

TEST_F(GuestLibraryTest, InterruptedCreationIsSweptAwayAtTheNextStart)
{
    open();
    fs::create_directories(root() / ".new-1234" / "disks");
    writeText(root() / ".new-1234" / "disks" / "half", "x");
    EXPECT_TRUE(open().scan().value().empty());
    EXPECT_FALSE(fs::exists(root() / ".new-1234"));
    // The same for a configuration that was being written.
    ASSERT_TRUE(open().create(guestCalled("One"), writeDisk));
    writeText(root() / "One" / "guest.json.new", "{\"vers");
    EXPECT_EQ(open().scan().value().size(), 1U);
    EXPECT_FALSE(fs::exists(root() / "One" / "guest.json.new"));
}

TEST_F(GuestLibraryTest, NamesAreUniqueWhateverTheCase)
{
    GuestLibrary library = open();
    ASSERT_TRUE(library.create(guestCalled("Debian")));
    const auto second = library.create(guestCalled("debian"));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::Overlap);
    EXPECT_EQ(library.freeName("Debian"), "Debian 2");
}

TEST_F(GuestLibraryTest, DamagedGuestIsShownWithItsReasonAndNeverWritten)
{
    GuestLibrary library = open();
    ASSERT_TRUE(library.create(guestCalled("One")));
    const std::string good = readText(root() / "One" / "guest.json");
    for (std::size_t length = 0; length + 2 <= good.size(); length += 7) {
        writeText(root() / "One" / "guest.json", good.substr(0, length));
        auto entries = library.scan().value();
        ASSERT_EQ(entries.size(), 1U);
        ASSERT_TRUE(entries[0].problem) << length;
        EXPECT_EQ(entries[0].guest.config.name, "One");
        EXPECT_FALSE(library.save(entries[0]));
        EXPECT_FALSE(library.rename(entries[0], "Two"));
        EXPECT_FALSE(library.clone(entries[0], "Two"));
        EXPECT_EQ(readText(root() / "One" / "guest.json"), good.substr(0, length));
    }
}

TEST_F(GuestLibraryTest, FolderWithoutConfigurationSaysSo)
{
    GuestLibrary library = open();
    fs::create_directories(root() / "Strange");
    const auto entries = library.scan().value();
    ASSERT_EQ(entries.size(), 1U);
    ASSERT_TRUE(entries[0].problem);
    EXPECT_EQ(entries[0].problem->code, ErrorCode::NotFound);
}

TEST_F(GuestLibraryTest, SavingNoticesAChangeByAnotherProgram)
{
    GuestLibrary library = open();
    const GuestEntry original = library.create(guestCalled("One")).value();
    GuestEntry mine = original;
    GuestEntry theirs = original;
    theirs.guest.config.cpuCount = 4;
    ASSERT_TRUE(open().save(theirs));
    mine.guest.config.cpuCount = 2;
    const auto saved = library.save(mine);
    ASSERT_FALSE(saved);
    EXPECT_EQ(saved.error().code, ErrorCode::Busy);
    EXPECT_EQ(library.find("One").value().guest.config.cpuCount, 4U);
}

TEST_F(GuestLibraryTest, SavingIsAtomicWhenTheDiskIsFull)
{
    GuestLibrary library = open();
    GuestEntry entry = library.create(guestCalled("One")).value();
    const std::string before = readText(entry.folder / "guest.json");
    // A folder in the temporary file's place makes the write fail at its first step.
    fs::create_directories(entry.folder / "guest.json.new" / "x");
    entry.guest.config.cpuCount = 7;
    EXPECT_FALSE(library.save(entry));
    EXPECT_EQ(readText(entry.folder / "guest.json"), before);
}

TEST_F(GuestLibraryTest, ReadOnlyFolderGivesAClearError)
{
    if (::geteuid() == 0)
        GTEST_SKIP() << "root may write everywhere";
    GuestLibrary library = open();
    ::chmod(root().c_str(), S_IRUSR | S_IXUSR);
    const auto created = library.create(guestCalled("One"));
    ::chmod(root().c_str(), S_IRWXU);
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().code, ErrorCode::Denied);
}

TEST_F(GuestLibraryTest, FileInTheFoldersPlaceGivesAClearError)
{
    writeText(root(), "not a folder");
    const auto library = GuestLibrary::open(root());
    ASSERT_FALSE(library);
    EXPECT_NE(library.error().message().find(root().string()), std::string::npos);
}

TEST_F(GuestLibraryTest, RenameMovesTheFolderAndKeepsTheDisks)
{
    GuestLibrary library = open();
    const GuestEntry entry = library.create(guestCalled("One"), writeDisk).value();
    const auto renamed = library.rename(entry, "Two/Three");
    ASSERT_TRUE(renamed) << renamed.error().message();
    EXPECT_EQ(renamed->guest.config.name, "Two/Three");
    EXPECT_EQ(renamed->folder, root() / "Two_Three");
    EXPECT_EQ(renamed->id(), entry.id());
    EXPECT_EQ(readText(renamed->guest.config.disks[0].path), "contents");
}

TEST_F(GuestLibraryTest, CloneHasItsOwnIdentityAndDisks)
{
    GuestLibrary library = open();
    const GuestEntry entry = library.create(guestCalled("One"), writeDisk).value();
    std::uint64_t reported = 0;
    const auto copy = library.clone(entry, "Copy", [&](std::uint64_t bytes) {
        reported = bytes;
        return true;
    });
    ASSERT_TRUE(copy) << copy.error().message();
    EXPECT_NE(copy->id(), entry.id());
    EXPECT_EQ(copy->guest.config.networks[0].macAddress, "");
    EXPECT_EQ(copy->guest.config.disks[0].path, (root() / "Copy" / "disks" / "system.qcow2").string());
    EXPECT_EQ(readText(copy->guest.config.disks[0].path), "contents");
    EXPECT_EQ(reported, 8U);
}

TEST_F(GuestLibraryTest, CancelledCloneLeavesNothing)
{
    GuestLibrary library = open();
    const GuestEntry entry = library.create(guestCalled("One"), writeDisk).value();
    const auto copy = library.clone(entry, "Copy", [](std::uint64_t) { return false; });
    ASSERT_FALSE(copy);
    EXPECT_EQ(copy.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(library.scan().value().size(), 1U);
}

TEST_F(GuestLibraryTest, CloneKeepsHolesInDisks)
{
    GuestLibrary library = open();
    const GuestEntry entry = library.create(guestCalled("One"), writeDisk).value();
    constexpr off_t Large = off_t{1} << 30;
    ASSERT_EQ(::truncate(entry.guest.config.disks[0].path.c_str(), Large), 0);
    const GuestEntry copy = library.clone(entry, "Copy").value();
    struct stat info{};
    ASSERT_EQ(::stat(copy.guest.config.disks[0].path.c_str(), &info), 0);
    EXPECT_EQ(info.st_size, Large);
    EXPECT_LT(info.st_blocks, 4096);
}

TEST_F(GuestLibraryTest, DeletedGuestComesBackFromTheTrash)
{
    GuestLibrary library = open();
    const GuestEntry entry = library.create(guestCalled("One"), writeDisk).value();
    const auto trashed = library.moveToTrash(entry);
    ASSERT_TRUE(trashed) << trashed.error().message();
    EXPECT_TRUE(library.scan().value().empty());
    EXPECT_EQ(trashed->trashed, m_folder / "Trash" / "files" / "One");
    EXPECT_NE(readText(trashed->infoFile).find("Path=" + entry.folder.string()), std::string::npos);
    const auto restored = library.restore(*trashed);
    ASSERT_TRUE(restored) << restored.error().message();
    EXPECT_EQ(restored->id(), entry.id());
    EXPECT_EQ(readText(restored->guest.config.disks[0].path), "contents");
    EXPECT_FALSE(fs::exists(trashed->infoFile));
}

TEST_F(GuestLibraryTest, ExternalGuestIsRememberedAndOnlyForgottenWhenDeleted)
{
    GuestLibrary library = open();
    const GuestEntry entry = library.create(guestCalled("One"), writeDisk).value();
    fs::rename(entry.folder, m_folder / "elsewhere");
    ASSERT_TRUE(library.addExternal(m_folder / "elsewhere"));
    const auto entries = open().scan().value();
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_TRUE(entries[0].isExternal);
    const auto forgotten = library.moveToTrash(entries[0]);
    ASSERT_TRUE(forgotten);
    EXPECT_TRUE(library.scan().value().empty());
    EXPECT_TRUE(fs::exists(m_folder / "elsewhere" / "guest.json"));
    EXPECT_TRUE(library.restore(*forgotten));
}

TEST_F(GuestLibraryTest, FolderCopiedByHandIsShownAsADuplicate)
{
    GuestLibrary library = open();
    const GuestEntry entry = library.create(guestCalled("One"), writeDisk).value();
    fs::copy(entry.folder, root() / "Two", fs::copy_options::recursive);
    const auto entries = library.scan().value();
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].problem.has_value() + entries[1].problem.has_value(), 1);
    EXPECT_NE(entries[0].id(), entries[1].id());
}

TEST_F(GuestLibraryTest, TwoProcessesCreatingAtOnceBothSucceed)
{
    const auto createMany = [this](const char* prefix) {
        GuestLibrary library = open();
        for (int i = 0; i < 10; ++i)
            EXPECT_TRUE(library.create(guestCalled(prefix + std::to_string(i)), writeDisk));
    };
    std::thread other(createMany, "a");
    createMany("b");
    other.join();
    EXPECT_EQ(open().scan().value().size(), 20U);
}

TEST(FolderName, IsSafeForEveryFileSystem)
{
    EXPECT_EQ(folderNameFor("Debian 12"), "Debian 12");
    EXPECT_EQ(folderNameFor("a/b\\c:d\n"), "a_b_c_d_");
    EXPECT_EQ(folderNameFor(".."), "guest");
    EXPECT_EQ(folderNameFor(".hidden"), "guest.hidden");
    EXPECT_EQ(folderNameFor("end. "), "end");
    std::string umlauts;
    for (int i = 0; i < 60; ++i)
        umlauts += "ä";
    EXPECT_EQ(folderNameFor("x" + umlauts).size(), 79U) << "no half character at the end";
}
