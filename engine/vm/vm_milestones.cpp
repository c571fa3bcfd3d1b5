// SPDX-License-Identifier: GPL-3.0-or-later
// What a VM notices about its guest's boot and well-being, beyond what devices tell.
#include "vm/vm_impl.h"

#include <algorithm>

namespace engine {

namespace {

constexpr std::chrono::seconds HaltCheck(2);
constexpr std::chrono::milliseconds IdleCpuTime(5); // in one interval; a guest that works uses more
constexpr unsigned RarestCheck = 32;                // intervals

} // namespace

void Vm::Impl::addMilestone(std::string_view name, std::string_view detail)
{
    constexpr std::size_t MostMilestones = 500; // a guest that resets for ever must not fill memory
    Milestone milestone{.at = uptime(), .name = std::string(name), .detail = std::string(detail)};
    if (name == "kernel")
        m_bootWatch->finish();
    {
        std::scoped_lock lock(m_mutex);
        if (m_milestones.size() >= MostMilestones)
            return;
        m_milestones.push_back(milestone);
    }
    m_observer.onMilestone(milestone);
}

void Vm::Impl::beginBoot()
{
    m_bootWatch->restart();
    m_bootWatch->setMedia(m_media->bootability());
    m_media->watchFirstReads();
    m_haltRounds = 0;
    m_isHalted = false;
    if (m_config.kernel) {
        addMilestone("kernel", "started directly, without firmware");
        return;
    }
    const bool mayUseNetwork =
        std::ranges::find(m_config.bootOrder, BootDevice::Network) != m_config.bootOrder.end();
    if (m_config.firmware.kind != FirmwareKind::Ovmf || mayUseNetwork)
        return;
    if (const auto problem = BootWatch::uefiProblem(m_media->bootability()))
        addMilestone(problem->first, problem->second);
}

void Vm::Impl::watchForHalt()
{
    m_haltTimer = m_loop->startTimer(std::chrono::steady_clock::now() + HaltCheck, [this] {
        lookForHalt();
        watchForHalt();
    });
}

/// A CPU that waits with interrupts off waits for ever (Intel SDM volume 2, HLT). The kernel does not tell
/// when a CPU halts, so one that seems to do nothing is stopped for a moment and looked at, less and less
/// often.
void Vm::Impl::lookForHalt()
{
    const auto exits = m_vcpus->exits();
    const auto cpuTime = m_vcpus->cpuTime();
    const bool isIdle =
        state() == VmState::Running && exits == m_lastExits && cpuTime - m_lastCpuTime < IdleCpuTime;
    m_lastExits = exits;
    m_lastCpuTime = cpuTime;
    if (!isIdle) {
        m_haltRounds = 0;
        m_isHalted = false;
        return;
    }
    ++m_haltRounds;
    const bool isTime = (m_haltRounds & (m_haltRounds - 1)) == 0 || m_haltRounds % RarestCheck == 0;
    if (m_isHalted || !isTime)
        return;
    m_vcpus->pause();
    m_isHalted =
        std::ranges::all_of(m_vcpus->vcpus(), [](const auto& vcpu) { return vcpu->isHaltedForGood(); });
    m_vcpus->resume();
    m_lastExits = m_vcpus->exits(); // the pause itself counts
    if (m_isHalted)
        addMilestone("halted", "every CPU waits with interrupts off");
}

} // namespace engine
