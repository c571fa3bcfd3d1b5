// SPDX-License-Identifier: GPL-3.0-or-later
#include "vm/vm_impl.h"

#include "kvm/cpu_profile.h"
#include "kvm/doctor.h"

#include <fcntl.h>
#include <unistd.h>

namespace engine {

namespace {

kvm::VcpuEntry toVcpuEntry(const firmware::BootEntry& entry)
{
    return kvm::DirectEntry{.longMode = entry.mode == firmware::CpuMode::Long64,
                            .rip = entry.rip,
                            .rax = entry.rax,
                            .rbx = entry.rbx,
                            .rsi = entry.rsi,
                            .cr3 = entry.cr3,
                            .gdtBase = entry.gdtBase,
                            .gdtLimit = entry.gdtLimit,
                            .codeSelector = entry.codeSelector,
                            .dataSelector = entry.dataSelector,
                            .taskSelector = entry.taskSelector};
}

/// The first problem as an error; the checks that a wizard shows are also the engine's own gate.
Result<> checkConfig(const VmConfig& config)
{
    for (const ConfigProblem& problem : validate(config, hostMemoryBytes()))
        return fail(ErrorCode::InvalidArgument, problem.text);
    return {};
}

} // namespace

Vm::Impl::Impl(VmConfig config, VmObserver& observer, std::shared_ptr<SerialBackend> serial)
    : m_config(std::move(config)), m_observer(observer), m_serial(std::move(serial))
{
    m_log.setListener([this](const LogEntry& entry) { m_observer.onLog(entry); });
}

Vm::Impl::~Impl()
{
    if (!m_loop)
        return;
    if (m_serial)
        m_serial->detach();
    m_loop->runAndWait([this] {
        if (m_progressTimer)
            m_loop->stopTimer(*m_progressTimer); // it would outlive the vCPUs
        if (m_vcpus)
            m_vcpus->stop();
        if (m_clock)
            m_clock->pause();
    });
    m_loop->runAndWait([] {}); // what the vCPUs posted while they stopped has run now
}

Result<> Vm::Impl::build()
{
    VM_TRY(checkConfig(m_config));
    const auto kvm = VM_TRY(kvm::Kvm::open());
    m_loop = VM_TRY(EventLoop::create(m_config.name.substr(0, 9) + "/ctl"));
    m_clock = std::make_unique<PlatformClock>(*m_loop);
    m_kvmVm = VM_TRY(kvm::KvmVm::create(kvm, {.highestApicId = m_config.cpuCount - 1}, m_log));
    m_msrs.emplace(m_log);
    if (m_serial)
        m_serialSink.emplace(*m_serial);
    VM_TRY(openDebugConsole());
    m_media = VM_TRY(MediaOpener::open(m_config, m_log, [this](const std::string& path) {
        m_loop->post([this, path] { onDiskFull(path); });
    }));
    m_networks = VM_TRY(NetworkOpener::open(m_config, m_log));
    MachineMedia media = m_media->media();
    media.networkCards = m_networks->cards();
    const ChipsetSinks sinks{.com1 = m_serialSink ? &*m_serialSink : nullptr,
                             .debugConsole = m_debugConsole ? &*m_debugConsole : nullptr};
    m_machine = VM_TRY(Machine::create(m_config, platform(), events(), sinks, media));
    if (m_machine->vga()) {
        m_displayLoop = VM_TRY(EventLoop::create(m_config.name.substr(0, 9) + "/dis"));
        m_display = std::make_unique<display::DisplayPump>(*m_displayLoop, *m_machine->vga(),
                                                           m_machine->drawnScreen());
    }
    if (m_serial)
        m_serial->attach([this](std::span<const std::uint8_t> bytes) {
            return m_machine->chipset().com1().receive(bytes);
        });
    return buildVcpus(kvm);
}

void Vm::Impl::FileSink::write(std::span<const std::uint8_t> bytes)
{
    // A full disk costs debug output, nothing else.
    [[maybe_unused]] const auto written = ::write(m_fd.get(), bytes.data(), bytes.size());
}

Result<> Vm::Impl::openDebugConsole()
{
    if (m_config.debugConsoleFile.empty())
        return {};
    UniqueFd fd(::open(m_config.debugConsoleFile.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!fd)
        return failSystem("cannot write the firmware's debug output to " + m_config.debugConsoleFile);
    m_debugConsole.emplace(std::move(fd));
    return {};
}

Result<> Vm::Impl::buildVcpus(const std::shared_ptr<const kvm::Kvm>& kvm)
{
    const kvm::CpuProfileConfig profile{.topology = kvm::CpuTopology::simple(m_config.cpuCount),
                                        .hyperV = m_config.hyperV};
    const kvm::HostCpu host = kvm::HostCpu::of(*kvm);
    std::vector<std::unique_ptr<kvm::Vcpu>> vcpus;
    for (unsigned i = 0; i < m_config.cpuCount; ++i)
        vcpus.push_back(
            VM_TRY(m_kvmVm->createVcpu(profile.topology.apicId(i), kvm::buildCpuid(host, profile, i))));
    VM_TRY(m_kvmVm->coalescedWrites().attach(vcpus.front()->fd()));
    m_vcpus = std::make_unique<VcpuGroup>(
        m_config.name.substr(0, 9), std::move(vcpus),
        VcpuGroup::Surroundings{.ports = m_machine->ports(),
                                .memory = m_machine->addressSpace(),
                                .coalesced = m_kvmVm->coalescedWrites(),
                                .msrs = *m_msrs,
                                .log = m_log},
        [this](const VcpuStop& stop) { m_loop->post([this, stop] { onVcpuStop(stop); }); });
    return {};
}

void Vm::Impl::onDiskFull(const std::string& path)
{
    if (!requireAlive())
        return;
    // The guest waits rather than see an error that it would take for a broken disk.
    (void)pause();
    const VmProblem problem{
        .code = ErrorCode::NoSpace,
        .text = "There is no space left for " + path
                + ", so the guest is paused. Make space on the computer's disk, then resume it."};
    m_log.warning("disk", problem.text);
    m_observer.onProblem(problem);
}

MachinePlatform Vm::Impl::platform()
{
    return {.memorySlots = &m_kvmVm->memorySlots(),
            .ioEvents = &m_kvmVm->ioEvents(),
            .msi = m_kvmVm->msiController(),
            .clock = *m_clock,
            .loop = *m_loop,
            .log = m_log,
            .createGsi = [this](unsigned gsi) { return m_kvmVm->createIrqLine(kvm::Gsi{gsi}); },
            .answersPort61 = true,
            .coalesce =
                [this](IoEvent::Space space, std::uint64_t address, std::uint32_t length) {
                    const auto kind = space == IoEvent::Space::Memory ? kvm::CoalescedZone::Space::Memory
                                                                      : kvm::CoalescedZone::Space::Ports;
                    // Without it each write is an exit of its own, as it is for every other device.
                    (void)m_kvmVm->coalescedWrites().addZone(
                        {.space = kind, .address = address, .length = length});
                },
            .fetchCoalesced = [this] { fetchCoalesced(); }};
}

void Vm::Impl::fetchCoalesced()
{
    m_kvmVm->coalescedWrites().drain(
        [this](kvm::CoalescedZone::Space space, std::uint64_t address, std::span<const std::byte> data) {
            if (space == kvm::CoalescedZone::Space::Memory)
                m_machine->addressSpace().mmio().write(address, data);
            else
                m_machine->ports().write(address, data);
        });
}

MachineEvents Vm::Impl::events()
{
    return {
        .resetRequested = [this](ResetKind kind) { m_loop->post([this, kind] { onGuestReset(kind); }); },
        .sleepRequested = [this](SleepState sleep) { m_loop->post([this, sleep] { onGuestSleep(sleep); }); },
        .milestone =
            [this](std::string_view name, std::string_view detail) {
                m_loop->post([this, name = std::string(name), detail = std::string(detail)] {
                    addMilestone(name, detail);
                });
            }};
}

void Vm::Impl::request(Result<> (Impl::*action)(), Done done)
{
    m_loop->post([this, action, done = std::move(done)]() mutable {
        auto outcome = (this->*action)();
        if (done)
            done(std::move(outcome));
    });
}

Result<> Vm::Impl::requireAlive() const
{
    const VmState now = state();
    if (now == VmState::Stopped || now == VmState::Failed)
        return fail(ErrorCode::InvalidState, "the guest is off");
    return {};
}

Result<> Vm::Impl::enterFirstVcpu()
{
    if (const auto entry = VM_TRY(m_machine->prepareStart()))
        VM_TRY(m_vcpus->vcpus().front()->enter(toVcpuEntry(*entry)));
    return {};
}

Result<> Vm::Impl::start()
{
    if (state() != VmState::Created)
        return fail(ErrorCode::InvalidState, "the guest has been started already");
    if (auto entered = enterFirstVcpu(); !entered) {
        finish(VmState::Failed, entered.error().message());
        return entered;
    }
    m_vcpus->start();
    m_clock->resume();
    m_vcpus->resume();
    publish(VmState::Running, {});
    if (kvm::isSoftwareVirtualization())
        watchProgress();
    addMilestone("start", m_config.kernel ? "the kernel starts" : "the firmware starts");
    return {};
}

void Vm::Impl::watchProgress()
{
    constexpr std::chrono::milliseconds Interval(500);
    m_progressTimer = m_loop->startTimer(std::chrono::steady_clock::now() + Interval, [this] {
        m_progressTimer.reset();
        if (!requireAlive())
            return;
        m_vcpus->lookForStalls();
        watchProgress();
    });
}

void Vm::Impl::freeze()
{
    m_vcpus->pause();
    // The guest's clocks are read once nothing of it runs, and told before it runs again.
    if (auto stopped = m_kvmVm->clock().stop(); !stopped)
        m_log.warning("clock", stopped.error().message());
    for (const auto& vcpu : m_vcpus->vcpus())
        vcpu->announcePause();
    m_clock->pause();
}

void Vm::Impl::thaw()
{
    m_clock->resume();
    if (auto resumed = m_kvmVm->clock().resume(kvm::StoppedTime::Skipped); !resumed)
        m_log.warning("clock", resumed.error().message());
    m_vcpus->resume();
}

Result<> Vm::Impl::pause()
{
    VM_TRY(requireAlive());
    if (state() == VmState::Paused)
        return {};
    if (state() == VmState::Created)
        return fail(ErrorCode::InvalidState, "the guest has not been started yet");
    freeze();
    publish(VmState::Paused, {});
    return {};
}

Result<> Vm::Impl::resume()
{
    VM_TRY(requireAlive());
    if (state() == VmState::Running)
        return {};
    if (state() == VmState::Created)
        return fail(ErrorCode::InvalidState, "the guest has not been started yet");
    m_media->retryWaiting();
    thaw();
    publish(VmState::Running, {});
    return {};
}

Result<> Vm::Impl::reset()
{
    VM_TRY(requireAlive());
    if (state() == VmState::Created)
        return {};
    m_vcpus->pause();
    m_machine->reset();
    const auto restart = [this]() -> Result<> {
        VM_TRY(m_kvmVm->reset());
        for (const auto& vcpu : m_vcpus->vcpus())
            VM_TRY(vcpu->reset());
        return enterFirstVcpu();
    };
    if (auto restarted = restart(); !restarted) {
        finish(VmState::Failed, restarted.error().message());
        return restarted;
    }
    addMilestone("reset", {});
    if (state() == VmState::Running)
        m_vcpus->resume();
    return {};
}

Result<> Vm::Impl::pressPowerButton()
{
    VM_TRY(requireAlive());
    m_machine->chipset().powerManagement().pressPowerButton();
    return {};
}

Result<> Vm::Impl::changeCd(std::size_t drive, const std::string& path)
{
    VM_TRY(requireAlive());
    const auto optical = m_machine->storage().cdDrive(drive);
    if (!optical)
        return fail(ErrorCode::NotFound, "this guest has no CD drive number " + std::to_string(drive)
                                             + "; add one with --cd and start it again");
    if (path.empty()) {
        optical->setMedium(nullptr);
        return {};
    }
    optical->setMedium(VM_TRY(m_media->openDisc(drive, path)));
    return {};
}

Result<> Vm::Impl::stop()
{
    if (state() != VmState::Stopped && state() != VmState::Failed)
        finish(VmState::Stopped, {});
    return {};
}

void Vm::Impl::onVcpuStop(const VcpuStop& stop)
{
    if (!requireAlive())
        return;
    const std::string cpu = "CPU " + std::to_string(stop.vcpu);
    switch (stop.kind) {
    case VcpuStop::Kind::TripleFault:
        addMilestone("triple-fault", cpu + " could not handle a fault, so the machine resets");
        onGuestReset(ResetKind::Hard);
        break;
    case VcpuStop::Kind::ResetRequested: onGuestReset(ResetKind::Hard); break;
    case VcpuStop::Kind::ShutdownRequested: finish(VmState::Stopped, "the guest switched itself off"); break;
    case VcpuStop::Kind::Failed:
        m_log.error("vcpu", stop.text);
        finish(VmState::Failed, cpu + ": " + stop.text);
        break;
    }
}

void Vm::Impl::onGuestReset(ResetKind /*kind*/)
{
    if (!requireAlive())
        return;
    if (m_config.stopOnReset)
        finish(VmState::Stopped, "the guest reset itself");
    else
        (void)reset();
}

void Vm::Impl::onGuestSleep(SleepState sleep)
{
    if (!requireAlive())
        return;
    if (sleep == SleepState::S5 || sleep == SleepState::S4)
        finish(VmState::Stopped, "the guest switched itself off");
    else
        m_log.info("acpi", "the guest asked to sleep, which this machine does not offer");
}

void Vm::Impl::finish(VmState state, const std::string& reason)
{
    m_vcpus->stop();
    m_clock->pause();
    publish(state, reason);
}

void Vm::Impl::publish(VmState next, const std::string& reason)
{
    {
        std::scoped_lock lock(m_mutex);
        if (!canTransition(m_state, next))
            return;
        m_state = next;
        m_stateReason = reason;
    }
    m_observer.onStateChanged(next, reason);
}

void Vm::Impl::addMilestone(std::string_view name, std::string_view detail)
{
    constexpr std::size_t MostMilestones = 500; // a guest that resets for ever must not fill memory
    Milestone milestone{.at = uptime(), .name = std::string(name), .detail = std::string(detail)};
    {
        std::scoped_lock lock(m_mutex);
        if (m_milestones.size() >= MostMilestones)
            return;
        m_milestones.push_back(milestone);
    }
    m_observer.onMilestone(milestone);
}

VmState Vm::Impl::state() const
{
    std::scoped_lock lock(m_mutex);
    return m_state;
}

std::string Vm::Impl::stateReason() const
{
    std::scoped_lock lock(m_mutex);
    return m_stateReason;
}

std::chrono::milliseconds Vm::Impl::uptime() const
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(m_clock->now());
}

VmStatistics Vm::Impl::statistics() const
{
    const net::NetStatistics network = m_networks->statistics();
    return {.cpuTime = m_vcpus->cpuTime(),
            .exits = m_vcpus->exits(),
            .assistedInstructions = m_vcpus->assistedInstructions(),
            .touchedMemoryBytes = m_machine->memory().touchedBytes(),
            .diskReadBytes = m_media->traffic().readBytes,
            .diskWrittenBytes = m_media->traffic().writtenBytes,
            .networkReceivedBytes = network.toGuestBytes,
            .networkSentBytes = network.fromGuestBytes};
}

std::vector<Milestone> Vm::Impl::milestones() const
{
    std::scoped_lock lock(m_mutex);
    return m_milestones;
}

} // namespace engine
