// SPDX-License-Identifier: GPL-3.0-or-later
#include "conformance/trace_replay.h"

#include "conformance/text_codes.h"

#include <algorithm>
#include <bit>
#include <thread>

namespace engine::conformance {

namespace {

constexpr std::size_t MostDifferences = 100;

// Registers of an AHCI port (AHCI 1.3.1, 3.3).
constexpr std::uint64_t PortRegisterMask = 0x7f;
constexpr std::uint64_t InterruptStatus = 0x10; ///< PxIS
constexpr std::uint64_t CommandIssue = 0x38;    ///< PxCI

/// One replay under way.
class Replay {
public:
    explicit Replay(SoftwareMachine& machine)
        : m_machine(machine), m_disks(machine.machine().memory().guestMemory())
    {}

    Result<ReplayReport> run(std::span<const RecordedAccess> accesses)
    {
        m_keyboardCommandsRecorded =
            std::ranges::any_of(accesses, [](const auto& access) { return access.region == "i8042-cmd"; });
        for (std::size_t i = 0; i < accesses.size(); ++i) {
            const RecordedAccess& access = accesses[i];
            if (isHypervisors(access.region)) {
                ++m_report.leftOut;
                continue;
            }
            VM_TRY(m_disks.before(accesses.subspan(i)));
            if (access.isWrite)
                write(access);
            else
                compare(access, i);
        }
        return m_report;
    }

private:
    void write(const RecordedAccess& access)
    {
        ++m_report.writes;
        // The DMA window is big-endian and the recording shows its value, not the bytes on the bus.
        const std::uint64_t value = access.region == "fwcfg.dma"
                                        ? std::byteswap(static_cast<std::uint32_t>(access.value))
                                        : access.value;
        if (isPortRegion(access.region))
            m_machine.portWrite(access.address, access.width, value);
        else
            m_machine.memoryWrite(access.address, access.width, value);
        if (access.region == "rtc-index" && access.address == 0x70)
            m_cmosIndex = static_cast<unsigned>(value & 0x7f);
        if (access.region == "pci-conf-idx")
            m_configAddress = value;
        if (access.region == "ahci" && (access.address & PortRegisterMask) == CommandIssue)
            m_diskCommandUnderWay = value != 0;
    }

    [[nodiscard]] std::uint64_t read(const RecordedAccess& access)
    {
        return isPortRegion(access.region) ? m_machine.portRead(access.address, access.width)
                                           : m_machine.memoryRead(access.address, access.width);
    }

    void compare(const RecordedAccess& access, std::size_t number)
    {
        const std::uint64_t ignored = ignoredBits(access);
        if (isEndOfDiskCommand(access))
            waitForDisk(access.address);
        std::uint64_t answer = read(access);
        if (ignored == ~std::uint64_t{0})
            return;
        // Where nothing answers, the recording has all ones of 64 bits.
        const std::uint64_t onBus = ~std::uint64_t{0} >> (64 - 8 * access.width);
        const auto differs = [&] { return ((answer ^ access.value) & onBus & ~ignored) != 0; };
        if (access.region == "ahci" && m_report.differenceCount == 0)
            waitWhile(differs, [&] { answer = read(access); });
        ++(ignored == 0 ? m_report.compared : m_report.comparedInPart);
        if (!differs())
            return;
        if (++m_report.differenceCount <= MostDifferences)
            m_report.differences.push_back(access.region + " " + formatHex(access.address, 4) + ", "
                                           + std::to_string(access.width) + " bytes, access "
                                           + std::to_string(number) + ": " + formatHex(answer, 2)
                                           + ", recorded " + formatHex(access.value, 2));
    }

    /// What the mask says about this answer; counts the rules that apply.
    [[nodiscard]] std::uint64_t ignoredBits(const RecordedAccess& access)
    {
        const ReplayContext context{.access = access,
                                    .cmosIndex = m_cmosIndex,
                                    .configAddress = m_configAddress,
                                    .keyboardCommandsRecorded = m_keyboardCommandsRecorded,
                                    .diskCommandUnderWay = m_diskCommandUnderWay};
        std::uint64_t ignored = 0;
        for (const MaskRule& rule : maskRules())
            if (rule.applies(context)) {
                ignored |= rule.ignoredBits;
                ++m_report.masked[rule.reason];
            }
        return ignored;
    }

    [[nodiscard]] bool isEndOfDiskCommand(const RecordedAccess& access) const
    {
        return m_diskCommandUnderWay && access.region == "ahci"
               && (access.address & PortRegisterMask) == InterruptStatus && access.value != 0;
    }

    /// Until no command is issued, or one failed: the recorded firmware saw the same.
    void waitForDisk(std::uint64_t interruptStatus)
    {
        constexpr std::uint64_t TaskFileError = 1 << 30;
        const auto isBusy = [&] {
            return m_machine.memoryRead(interruptStatus - InterruptStatus + CommandIssue, 4) != 0
                   && (m_machine.memoryRead(interruptStatus, 4) & TaskFileError) == 0;
        };
        waitWhile(isBusy, [] {});
        m_diskCommandUnderWay = false;
    }

    template <class Condition, class Action>
    static void waitWhile(Condition condition, Action action)
    {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (condition() && std::chrono::steady_clock::now() < deadline) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            action();
        }
    }

    SoftwareMachine& m_machine;
    AhciStandIn m_disks;
    ReplayReport m_report;
    unsigned m_cmosIndex = 0;
    std::uint64_t m_configAddress = 0;
    bool m_keyboardCommandsRecorded = false;
    bool m_diskCommandUnderWay = false;
};

} // namespace

Result<ReplayReport> replayTrace(SoftwareMachine& machine, std::span<const RecordedAccess> accesses)
{
    return Replay(machine).run(accesses);
}

} // namespace engine::conformance
