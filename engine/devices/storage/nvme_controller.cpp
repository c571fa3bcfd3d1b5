// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/nvme_controller.h"

namespace engine {

namespace {

constexpr unsigned RegisterBar = 0;
constexpr unsigned MsixBar = 4;
constexpr std::uint64_t RegisterBarBytes = 0x4000;
constexpr std::uint64_t DoorbellBytes = 4; // CAP.DSTRD = 0
constexpr std::uint8_t MsixAt = 0x40;
constexpr std::uint8_t ExpressAt = 0x60;
constexpr std::uint8_t ExpressCapability = 0x10;
constexpr std::uint16_t DeviceControl = ExpressAt + 8;
constexpr std::uint16_t InitiateReset = 1U << 15;
constexpr std::chrono::milliseconds ResetLimit{2000};
constexpr std::chrono::milliseconds LeaveLimit{10000};

pci::PciIdentity identity()
{
    return {.vendorId = 0x1b36,
            .deviceId = 0x0010,
            .classCode = 0x010802,
            .revision = 2,
            .pin = pci::InterruptPin::A};
}

} // namespace

NvmeController::NvmeController(std::shared_ptr<BlockBackend> backend, const GuestMemory& memory, Log& log,
                               std::string name)
    : PciFunction(std::move(name), identity()), m_backend(std::move(backend)), m_memory(memory), m_log(log),
      m_work(m_backend->loop(), [this] { process(); }), m_engine(*this, memory, m_backend, log)
{
    // PCI Express capability, version 2, of a root complex integrated endpoint (PCIe 3.0, 7.8).
    constexpr std::uint16_t IntegratedEndpoint = 0x0092;
    constexpr std::uint32_t RoleBasedErrors = 1U << 15;
    constexpr std::uint32_t FunctionLevelReset = 1U << 28; // NVMe 1.4, 2.5.3: every controller has it
    config().addCapability(ExpressCapability, ExpressAt);
    config().set16(ExpressAt + 2, IntegratedEndpoint);
    config().set32(ExpressAt + 4, RoleBasedErrors | FunctionLevelReset);
    config().allowWrite(DeviceControl, 2, 0xfeff);
    addMsix(MsixAt, nvme::VectorCount, MsixBar);
    addBar(RegisterBar, pci::BarKind::Memory64, RegisterBarBytes, *this);
    m_engine.setIdleCallback([this] { m_work.kick(); });
}

NvmeController::~NvmeController()
{
    {
        std::scoped_lock lock(m_mutex);
        m_registers.reset();
        m_hold = false;
    }
    m_work.kick();
    (void)waitForStop(LeaveLimit);
    m_backend->loop().runAndWait([this] { m_engine.tracker().close(); });
    m_backend->loop().runAndWait([] {}); // what was posted and deferred before has run, too
}

bool NvmeController::waitForStop(std::chrono::milliseconds limit)
{
    std::unique_lock lock(m_mutex);
    return m_stopped.wait_for(lock, limit, [this] { return m_settledEpoch == m_registers.epoch(); });
}

void NvmeController::reset()
{
    PciFunction::reset();
    {
        std::scoped_lock lock(m_mutex);
        m_registers.reset();
        m_pendingVectors = 0;
        m_hold = false;
    }
    m_work.kick();
    // What the disk is doing still may write to RAM; the firmware must find it quiet.
    if (!m_backend->loop().isLoopThread())
        (void)waitForStop(ResetLimit);
}

bool NvmeController::waitIdle(std::chrono::milliseconds limit)
{
    return m_engine.tracker().waitIdle(limit);
}

void NvmeController::resumeWork()
{
    {
        std::scoped_lock lock(m_mutex);
        m_hold = false;
    }
    m_work.kick();
}

void NvmeController::onConfigWritten(std::uint16_t offset, unsigned width)
{
    if ((configSpace().get16(DeviceControl) & InitiateReset) != 0)
        return reset(); // and the bit reads as zero again
    // An enable that came before bus mastering waits for it.
    if (offset < pci::reg::Command + 2 && pci::reg::Command < offset + width && isBusMaster())
        m_work.kick();
}

void NvmeController::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    m_registers.read(offset, data); // doorbells read as zeros
}

void NvmeController::write(std::uint64_t offset, std::span<const std::byte> data)
{
    if (offset >= nvme::Registers::Bytes) {
        if (offset % DoorbellBytes == 0 && data.size() == DoorbellBytes)
            ringDoorbell(offset - nvme::Registers::Bytes, static_cast<std::uint32_t>(loadLittleEndian(data)));
        return;
    }
    bool work = false;
    {
        std::scoped_lock lock(m_mutex);
        work = m_registers.write(offset, data);
        updatePin();
    }
    if (work)
        m_work.kick();
}

void NvmeController::ringDoorbell(std::uint64_t offset, std::uint32_t value)
{
    const std::uint64_t index = offset / DoorbellBytes;
    const std::uint64_t queue = index / 2;
    if (queue >= nvme::QueueCount)
        return;
    (index % 2 == 0 ? m_tails : m_heads).at(queue).store(value, std::memory_order_release);
    m_work.kick();
}

void NvmeController::clearDoorbell(unsigned queue, bool submission)
{
    (submission ? m_tails : m_heads).at(queue) = 0;
}

void NvmeController::signalVector(unsigned vector)
{
    if (usesMessages())
        signalMessage(vector);
}

void NvmeController::setPendingVectors(std::uint32_t vectors)
{
    std::scoped_lock lock(m_mutex);
    m_pendingVectors = vectors;
    updatePin();
}

void NvmeController::updatePin()
{
    setIntx(!usesMessages() && (m_pendingVectors & ~m_registers.interruptMask()) != 0);
}

void NvmeController::fatal()
{
    std::scoped_lock lock(m_mutex);
    m_registers.setFatal();
}

void NvmeController::process()
{
    if (!followEnable())
        return;
    m_engine.service();
    followShutdown();
}

bool NvmeController::followEnable()
{
    std::unique_lock lock(m_mutex);
    const std::uint64_t epoch = m_registers.epoch();
    if (m_settledEpoch != epoch) {
        lock.unlock();
        m_engine.stop();
        if (!m_engine.isIdle())
            return false; // called again when the disk is through
        lock.lock();
        m_settledEpoch = epoch;
        m_registers.setReady(false);
        m_stopped.notify_all();
        if (m_registers.epoch() != epoch) {
            m_work.kick();
            return false;
        }
    }
    if (m_hold || !m_registers.isEnabled() || !isBusMaster())
        return false;
    if (m_engine.isRunning() || (m_registers.isFatal() || m_registers.isReady()))
        return m_engine.isRunning();
    if (!m_registers.settingsAreValid()) {
        m_log.warning(name(), "the controller was enabled with impossible settings");
        m_registers.setFatal();
        return false;
    }
    const auto settings = m_registers.settings();
    lock.unlock();
    m_engine.start(settings);
    lock.lock();
    if (m_registers.epoch() == epoch)
        m_registers.setReady(true);
    return true;
}

void NvmeController::followShutdown()
{
    using Shutdown = nvme::Registers::Shutdown;
    {
        std::scoped_lock lock(m_mutex);
        if (!m_registers.shutdownRequested() || m_registers.shutdown() != Shutdown::Normal)
            return;
        m_registers.setShutdown(Shutdown::Running);
    }
    m_engine.flushDisk([this](BlockStatus) { finishShutdown(); });
}

void NvmeController::finishShutdown()
{
    using Shutdown = nvme::Registers::Shutdown;
    std::scoped_lock lock(m_mutex);
    if (m_registers.shutdown() == Shutdown::Running)
        m_registers.setShutdown(Shutdown::Complete);
}

void NvmeController::saveState(StateWriter& out) const
{
    StateWriter base;
    PciFunction::saveState(base);
    out.version(2);
    out.bytes(base.data());
    std::scoped_lock lock(m_mutex);
    m_registers.saveState(out);
    out.integer(m_pendingVectors);
    for (const auto& tail : m_tails)
        out.integer(tail.load());
    for (const auto& head : m_heads)
        out.integer(head.load());
    m_engine.saveState(out);
}

Result<> NvmeController::restoreState(StateReader& in)
{
    constexpr std::size_t BaseLimit = 1 << 18;
    const std::uint16_t version = in.version(2);
    const auto base = in.bytes(BaseLimit);
    nvme::Registers registers;
    registers.readState(in);
    const auto pending = in.integer<std::uint32_t>();
    std::array<std::uint32_t, nvme::QueueCount> tails{};
    std::array<std::uint32_t, nvme::QueueCount> heads{};
    for (auto* side : {&tails, &heads})
        for (std::uint32_t& value : *side)
            value = in.integer<std::uint32_t>();
    nvme::Engine engine(*this, m_memory, m_backend, m_log);
    const bool possible = engine.readState(in, version);
    VM_TRY(in.finish());
    if (!possible)
        return fail(ErrorCode::Corrupt, "the saved state of an NVMe controller contradicts itself");
    StateReader baseIn(base);
    VM_TRY(PciFunction::restoreState(baseIn));
    {
        std::scoped_lock lock(m_mutex);
        m_hold = true;
        m_registers.reset(); // ends what ran here before the restore
    }
    m_work.kick();
    if (!waitForStop(ResetLimit))
        m_log.warning(name(), "the disk was still busy when the controller's state was restored");
    m_engine.adopt(std::move(engine));
    std::scoped_lock lock(m_mutex);
    registers.continueFrom(m_registers);
    m_registers = registers;
    m_settledEpoch = registers.epoch();
    m_pendingVectors = pending;
    for (unsigned i = 0; i < nvme::QueueCount; ++i) {
        m_tails.at(i) = tails.at(i);
        m_heads.at(i) = heads.at(i);
    }
    updatePin();
    return {};
}

} // namespace engine
