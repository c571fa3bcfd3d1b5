// SPDX-License-Identifier: GPL-3.0-or-later
#include "vm/vcpu_group.h"

#include "base/overloaded.h"
#include "base/thread.h"

#include <pthread.h>

#include <ctime>

namespace engine {

namespace {

/// How often user mode is thought of (kvm::UserEntry) where KVM emulates.
constexpr std::uint64_t ExitsBetweenLooks = 64;

std::chrono::nanoseconds readClock(clockid_t clock)
{
    timespec time{};
    if (::clock_gettime(clock, &time) != 0)
        return std::chrono::nanoseconds(0);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

VcpuStop stopAt(const kvm::Vcpu& vcpu, VcpuStop::Kind kind, std::string text = {})
{
    return {.vcpu = vcpu.index(), .kind = kind, .text = std::move(text)};
}

} // namespace

VcpuGroup::VcpuGroup(std::string vmName, std::vector<std::unique_ptr<kvm::Vcpu>> vcpus,
                     const Surroundings& surroundings, StopHandler onStop)
    : m_vmName(std::move(vmName)), m_vcpus(std::move(vcpus)), m_surroundings(surroundings),
      m_onStop(std::move(onStop))
{
    for (const auto& vcpu : m_vcpus) {
        m_assists.push_back(
            std::make_unique<kvm::InstructionAssist>(*vcpu, m_surroundings.memory, m_surroundings.log));
        m_userEntries.push_back(std::make_unique<kvm::UserEntry>(*vcpu, m_surroundings.memory));
        m_progress.push_back(std::make_unique<Progress>());
    }
}

VcpuGroup::~VcpuGroup()
{
    stop();
}

void VcpuGroup::start()
{
    for (const auto& vcpu : m_vcpus)
        m_threads.emplace_back([this, raw = vcpu.get()] { run(*raw); });
}

void VcpuGroup::resume()
{
    {
        std::scoped_lock lock(m_mutex);
        m_gate = Gate::Open;
        ++m_opened;
    }
    m_changed.notify_all();
}

void VcpuGroup::kickAll()
{
    for (const auto& vcpu : m_vcpus)
        vcpu->kick();
}

void VcpuGroup::pause()
{
    {
        std::scoped_lock lock(m_mutex);
        if (m_gate != Gate::Open)
            return;
        m_gate = Gate::Closed;
    }
    // All are told before any is waited for: the slowest alone decides how long it takes.
    kickAll();
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_waiting == m_threads.size(); });
}

void VcpuGroup::stop()
{
    {
        std::scoped_lock lock(m_mutex);
        m_gate = Gate::Stopped;
    }
    kickAll();
    m_changed.notify_all();
    for (std::thread& thread : m_threads)
        thread.join();
    m_threads.clear();
}

std::chrono::nanoseconds VcpuGroup::cpuTime() const
{
    std::scoped_lock lock(m_clocksMutex);
    std::chrono::nanoseconds total(m_finishedCpuTime.load());
    for (const auto& progress : m_progress)
        if (progress->clock)
            total += readClock(*progress->clock);
    return total;
}

std::uint64_t VcpuGroup::exits() const
{
    std::uint64_t total = 0;
    for (const auto& progress : m_progress)
        total += progress->exits.load(std::memory_order_relaxed);
    return total;
}

void VcpuGroup::lookForStalls()
{
    constexpr std::chrono::milliseconds Suspicious(100);
    for (std::size_t i = 0; i < m_vcpus.size(); ++i) {
        Progress& progress = *m_progress[i];
        std::chrono::nanoseconds time{};
        {
            std::scoped_lock lock(m_clocksMutex);
            if (progress.clock)
                time = readClock(*progress.clock);
        }
        const std::uint64_t exits = progress.exits.load(std::memory_order_relaxed);
        if (exits <= progress.exitsSeen + 1) { // an inspection itself is one exit
            if (time - progress.timeSeen < Suspicious)
                continue; // asleep, or not long enough to tell
            if (m_gate == Gate::Open) {
                progress.inspect = true;
                m_vcpus[i]->kick();
            }
        }
        progress.exitsSeen = exits;
        progress.timeSeen = time;
    }
}

std::uint64_t VcpuGroup::assistedInstructions() const
{
    std::uint64_t total = 0;
    for (const auto& assist : m_assists)
        total += assist->completedCount();
    return total;
}

bool VcpuGroup::waitAtGate()
{
    std::unique_lock lock(m_mutex);
    ++m_waiting;
    m_changed.notify_all();
    m_changed.wait(lock, [this] { return m_gate != Gate::Closed; });
    --m_waiting;
    return m_gate == Gate::Open;
}

void VcpuGroup::run(kvm::Vcpu& vcpu)
{
    setThreadName(m_vmName + "/vcpu" + std::to_string(vcpu.index()));
    Progress& progress = *m_progress.at(vcpu.index());
    clockid_t clock{};
    ::pthread_getcpuclockid(::pthread_self(), &clock);
    {
        std::scoped_lock lock(m_clocksMutex);
        progress.clock = clock;
    }
    {
        const bool emulates = kvm::UserEntry::isNeeded();
        kvm::VcpuRunHandle proof = vcpu.bindToThisThread();
        kvm::ExitDispatcher dispatcher(m_surroundings.ports, m_surroundings.memory.mmio(),
                                       m_surroundings.coalesced, m_surroundings.msrs);
        for (;;) {
            if (m_gate != Gate::Open) [[unlikely]] {
                finishInstruction(vcpu, proof, dispatcher);
                if (!waitAtGate())
                    break;
                if (const auto watched = m_userEntries.at(vcpu.index())->watch(); !watched)
                    m_surroundings.log.warning("assist", watched.error().message());
            }
            const auto exit = vcpu.run(proof);
            progress.exits.fetch_add(1, std::memory_order_relaxed);
            if (exit && dispatcher.dispatch(*exit)) [[likely]] {
                if (emulates && progress.exits % ExitsBetweenLooks == 0) [[unlikely]]
                    (void)m_userEntries.at(vcpu.index())->watchNowAndThen();
                continue;
            }
            const auto stopped =
                exit ? handle(vcpu, *exit)
                     : std::optional(stopAt(vcpu, VcpuStop::Kind::Failed, exit.error().message()));
            if (!stopped && progress.inspect.exchange(false))
                lookWhetherStalled(vcpu);
            if (!stopped)
                continue;
            // Wait for the gate to be closed and opened again: until then nothing can change for this vCPU.
            std::unique_lock lock(m_mutex);
            const auto opened = m_opened;
            lock.unlock();
            m_onStop(*stopped);
            lock.lock();
            ++m_waiting;
            m_changed.notify_all();
            // Not through a gate that is closed again already: pause() counts us as waiting.
            m_changed.wait(lock, [&] {
                return m_gate == Gate::Stopped || (m_gate == Gate::Open && m_opened != opened);
            });
            --m_waiting;
        }
    }
    std::scoped_lock lock(m_clocksMutex);
    m_finishedCpuTime += readClock(clock).count();
    progress.clock.reset();
}

void VcpuGroup::lookWhetherStalled(kvm::Vcpu& vcpu)
{
    auto looked = m_assists.at(vcpu.index())->completeStalled();
    if (looked)
        looked = m_userEntries.at(vcpu.index())->watchNowAndThen();
    if (!looked)
        m_surroundings.log.warning("assist", looked.error().message());
}

void VcpuGroup::finishInstruction(kvm::Vcpu& vcpu, kvm::VcpuRunHandle& proof, kvm::ExitDispatcher& dispatcher)
{
    // An instruction has few parts; the bound only keeps a confused kernel from holding us here.
    constexpr int MostParts = 1000;
    for (int i = 0; i < MostParts; ++i) {
        const auto exit = vcpu.completePending(proof);
        if (!exit || !dispatcher.dispatch(*exit))
            return;
    }
}

void VcpuGroup::warnOnce(std::atomic_flag& warned, std::string_view text)
{
    if (!warned.test_and_set(std::memory_order_relaxed))
        m_surroundings.log.warning("kvm", text);
}

std::optional<VcpuStop> VcpuGroup::handle(kvm::Vcpu& vcpu, const kvm::VcpuExit& exit)
{
    using Kind = VcpuStop::Kind;
    using Stop = std::optional<VcpuStop>;
    const auto failed = [&](std::string text) -> Stop { return stopAt(vcpu, Kind::Failed, std::move(text)); };
    return std::visit(
        Overloaded{
            [&](const kvm::ShutDown&) -> Stop {
                // A host that does not emulate knows where the guest's stack is: there it is what it says.
                if (kvm::UserEntry::isNeeded()
                    && m_assists.at(vcpu.index())->completeShutdown().value_or(false))
                    return std::nullopt;
                return stopAt(vcpu, Kind::TripleFault);
            },
            [&](const kvm::SystemEvent& event) -> Stop {
                switch (event.type) {
                case kvm::SystemEventType::ShutDown: return stopAt(vcpu, Kind::ShutdownRequested);
                case kvm::SystemEventType::Reset: return stopAt(vcpu, Kind::ResetRequested);
                case kvm::SystemEventType::Crash: // the guest writes its own dump after announcing it
                case kvm::SystemEventType::Wakeup:
                case kvm::SystemEventType::Suspend: return std::nullopt;
                }
                return std::nullopt;
            },
            [&](const kvm::InternalError& error) -> Stop {
                if (error.kind != kvm::InternalErrorKind::Emulation)
                    return failed(kvm::describe(exit));
                auto completed = m_assists.at(vcpu.index())->complete(error);
                if (completed)
                    completed = m_userEntries.at(vcpu.index())->watchNowAndThen();
                return completed ? std::nullopt : failed(completed.error().message());
            },
            [&](const kvm::WrMsr& write) -> Stop {
                const auto written = m_userEntries.at(vcpu.index())->writeRegister(write);
                return written ? std::nullopt : failed(written.error().message());
            },
            [&](const kvm::DebugStop& stop) -> Stop {
                const auto handled = m_userEntries.at(vcpu.index())->handle(stop);
                return handled ? std::nullopt : failed(handled.error().message());
            },
            [&](const kvm::Hypercall& call) -> Stop {
                constexpr std::uint64_t NotImplemented = ~std::uint64_t{0} - 999; // -KVM_ENOSYS
                if (call.result)
                    *call.result = NotImplemented;
                return std::nullopt;
            },
            [&](const kvm::Notify& notify) -> Stop {
                if (notify.contextInvalid) // the processor lost the guest's state (SDM vol. 3, 26.2)
                    return failed("the guest blocked its processor, which lost the guest's state");
                warnOnce(m_warnedOfNotify, "the guest holds a processor inside one instruction");
                return std::nullopt;
            },
            [&](const kvm::BusLock&) -> Stop {
                warnOnce(m_warnedOfBusLock,
                         "the guest makes split-locked accesses, which slow the whole host");
                return std::nullopt;
            },
            [&](const kvm::FailEntry&) -> Stop { return failed(kvm::describe(exit)); },
            [&](const kvm::MemoryFault&) -> Stop { return failed(kvm::describe(exit)); },
            [&](const kvm::Unexpected&) -> Stop { return failed(kvm::describe(exit)); },
            [](const auto&) -> Stop { return std::nullopt; }, // nothing to answer: run on
        },
        exit);
}

} // namespace engine
