// SPDX-License-Identifier: GPL-3.0-or-later
// What "Copy as command" puts on the clipboard makes the same guest as the wizard.
#include "app/library/temporary_folder.h"
#include "cli/library_commands.h"
#include "wizards/command_text.h"

#include <QProcess>

#include <fstream>

using namespace wizards;

namespace {

constexpr std::uint64_t GiB = std::uint64_t{1} << 30;

/// As a POSIX shell would take it apart, without the program's name.
std::vector<std::string> words(const QString& command)
{
    QProcess shell;
    shell.start(QStringLiteral("sh"), {QStringLiteral("-c"), QStringLiteral("printf '%s\\n' ") + command});
    EXPECT_TRUE(shell.waitForFinished(20000));
    std::vector<std::string> result;
    const QStringList lines = QString::fromUtf8(shell.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    for (const QString& line : lines.mid(1))
        result.push_back(line.toStdString());
    return result;
}

class CopiedCommandTest : public ::testing::Test {
protected:
    CopiedCommandTest()
    {
        std::string iso(18 * 2048, '\0');
        iso.replace(16 * 2048, 6, "\1CD001");
        iso.replace(16 * 2048 + 40, 20, "Debian 12.5.0 amd64 ");
        iso.replace(17 * 2048, 6,
                    "\xff"
                    "CD001");
        writeText(m_folder / "it's an.iso", iso);
        std::string disk(1024, '\0');
        disk.replace(0, 4, "QFI\xfb");
        writeText(m_folder / "disk.qcow2", disk);
    }

    GuestDraft draftFor(const std::filesystem::path& medium)
    {
        GuestDraft draft;
        draft.medium = app::identifyMedium(medium);
        const auto& systems = app::OsDatabase::instance();
        if (const app::OsInfo* os = systems.identify(draft.medium.volume))
            draft.osId = os->id;
        draft.config.name = "a guest's name";
        applyDefaults(draft, systems, app::HostResources::ofThisComputer(m_folder.path()));
        return draft;
    }

    void expectSame(const GuestDraft& draft)
    {
        auto library = app::GuestLibrary::open(m_folder / "guests");
        ASSERT_TRUE(library);
        const auto plan = app::planFromWords(words(createCommand(draft)), *library);
        ASSERT_TRUE(plan) << plan.error().message() << ": " << createCommand(draft).toStdString();
        EXPECT_EQ(plan->config, draft.config) << createCommand(draft).toStdString();
        EXPECT_EQ(plan->diskBytes, draft.diskBytes);
        EXPECT_EQ(plan->osId, draft.osId);
        EXPECT_EQ(plan->copyMedium, draft.copyMedium);
    }

    TemporaryFolder m_folder;
};

} // namespace

TEST_F(CopiedCommandTest, DefaultsOfAKnownMedium)
{
    expectSame(draftFor(m_folder / "it's an.iso"));
}

TEST_F(CopiedCommandTest, ChosenSizesAndFirmware)
{
    GuestDraft draft = draftFor(m_folder / "it's an.iso");
    draft.config.cpuCount = 3;
    draft.config.memoryBytes = GiB + (std::uint64_t{16} << 20);
    draft.diskBytes = 77 * GiB;
    draft.config.firmware = {.kind = engine::FirmwareKind::Ovmf, .path = {}, .variablesPath = "nvram.fd"};
    expectSame(draft);
    draft.osId.clear();
    draft.startNow = false;
    EXPECT_FALSE(createCommand(draft).contains(QStringLiteral("--start")));
}

TEST_F(CopiedCommandTest, DiskImageInPlaceAndCopied)
{
    GuestDraft draft = draftFor(m_folder / "disk.qcow2");
    expectSame(draft);
    draft.copyMedium = true;
    expectSame(draft);
}

TEST_F(CopiedCommandTest, GuestWithoutAMedium)
{
    expectSame(draftFor({}));
}

TEST_F(CopiedCommandTest, CloneIsQuotedForTheShell)
{
    const std::vector<std::string> expected{"clone", "it's $HOME", "b c", "--linked"};
    EXPECT_EQ(words(cloneCommand(QStringLiteral("it's $HOME"), QStringLiteral("b c"), true)), expected);
}
