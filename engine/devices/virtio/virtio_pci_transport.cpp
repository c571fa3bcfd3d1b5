// SPDX-License-Identifier: GPL-3.0-or-later
// The PCI side: capabilities, registers, interrupts, snapshots.
#include "devices/virtio/virtio_pci_transport.h"

#include <sys/epoll.h>

namespace engine::virtio {

namespace {

constexpr unsigned MsixBar = 1;
constexpr unsigned RegisterBar = 4;
constexpr std::uint64_t RegisterBarBytes = 0x4000;

// Parts of the register BAR.
constexpr std::uint64_t CommonOffset = 0x0000;
constexpr std::uint64_t IsrOffset = 0x1000;
constexpr std::uint64_t DeviceOffset = 0x2000;
constexpr std::uint64_t NotifyOffset = 0x3000;
constexpr std::uint64_t PartBytes = 0x1000;
constexpr std::uint32_t NotifyMultiplier = 4;

// Vendor capabilities (VIRTIO 1.2, 4.1.4).
constexpr std::uint8_t VendorCapability = 0x09;
constexpr std::uint8_t TypeCommon = 1;
constexpr std::uint8_t TypeNotify = 2;
constexpr std::uint8_t TypeIsr = 3;
constexpr std::uint8_t TypeDevice = 4;
constexpr std::uint8_t TypeWindow = 5;
constexpr std::uint8_t CommonAt = 0x40;
constexpr std::uint8_t IsrAt = 0x50;
constexpr std::uint8_t DeviceAt = 0x60;
constexpr std::uint8_t NotifyAt = 0x70;
constexpr std::uint8_t WindowAt = 0x84;
constexpr std::uint8_t MsixAt = 0x98;
constexpr std::uint16_t WindowData = WindowAt + 16;

constexpr std::uint8_t IsrQueue = 1;
constexpr std::uint8_t IsrConfig = 2;
constexpr std::chrono::milliseconds ResetLimit{2000};
constexpr std::chrono::milliseconds LeaveLimit{10000};

pci::PciIdentity identity(const VirtioDevice& device)
{
    constexpr std::uint16_t ModernBase = 0x1040;
    return {.vendorId = 0x1af4,
            .deviceId = static_cast<std::uint16_t>(ModernBase + static_cast<std::uint16_t>(device.type())),
            .classCode = device.pciClass(),
            .revision = 1,
            .pin = pci::InterruptPin::A};
}

std::uint64_t offered(const VirtioDevice& device)
{
    return device.offeredFeatures() | FeatureVersion1 | FeatureIndirect | FeatureEventIndex
           | FeatureRingReset;
}

bool covers(std::uint16_t offset, unsigned width, std::uint16_t first, unsigned length)
{
    return offset < first + length && first < offset + width;
}

} // namespace

Result<std::unique_ptr<VirtioPciTransport>> VirtioPciTransport::create(std::string name,
                                                                       std::unique_ptr<VirtioDevice> device,
                                                                       const GuestMemory& memory, Log& log)
{
    auto doorbells = VM_TRY(createDoorbells(*device));
    std::unique_ptr<VirtioPciTransport> transport(
        new VirtioPciTransport(std::move(name), std::move(device), memory, log, std::move(doorbells)));
    VM_TRY(transport->watchDoorbells());
    return transport;
}

Result<std::vector<EventFd>> VirtioPciTransport::createDoorbells(const VirtioDevice& device)
{
    std::vector<EventFd> doorbells;
    for (std::size_t i = 0; i < device.queueSizes().size(); ++i)
        doorbells.push_back(VM_TRY(EventFd::create()));
    return doorbells;
}

VirtioPciTransport::VirtioPciTransport(std::string name, std::unique_ptr<VirtioDevice> device,
                                       const GuestMemory& memory, Log& log, std::vector<EventFd> doorbells)
    : PciFunction(std::move(name), identity(*device)), m_device(std::move(device)), m_log(log),
      m_doorbells(std::move(doorbells)), m_work(m_device->loop(), [this] { synchronise(); }),
      m_config(offered(*m_device), m_device->queueSizes(), static_cast<unsigned>(m_doorbells.size()) + 1),
      m_queueResetRunning(m_doorbells.size())
{
    addCapabilities();
    createQueues(memory);
    m_device->connect(*this, memory);
}

void VirtioPciTransport::addCapabilities()
{
    const auto vendor = [this](std::uint8_t at, std::uint8_t length, std::uint8_t type, std::uint64_t offset,
                               std::uint64_t bytes) {
        config().addCapability(VendorCapability, at);
        config().set8(at + 2, length);
        config().set8(at + 3, type);
        config().set8(at + 4, RegisterBar);
        config().set32(at + 8, static_cast<std::uint32_t>(offset));
        config().set32(at + 12, static_cast<std::uint32_t>(bytes));
    };
    addMsix(MsixAt, static_cast<unsigned>(m_doorbells.size()) + 1, MsixBar);
    vendor(WindowAt, 20, TypeWindow, 0, 0);
    config().set8(WindowAt + 4, 0);
    config().allowWrite(WindowAt + 4, 1, 0xff);
    config().allowWrite(WindowAt + 8, 4, ~0U);
    config().allowWrite(WindowAt + 12, 4, ~0U);
    config().allowWrite(WindowData, 4, ~0U);
    vendor(NotifyAt, 20, TypeNotify, NotifyOffset, PartBytes);
    config().set32(NotifyAt + 16, NotifyMultiplier);
    vendor(DeviceAt, 16, TypeDevice, DeviceOffset, PartBytes);
    vendor(IsrAt, 16, TypeIsr, IsrOffset, PartBytes);
    vendor(CommonAt, 16, TypeCommon, CommonOffset, PartBytes);
    addBar(RegisterBar, pci::BarKind::Memory64Prefetchable, RegisterBarBytes, *this);
    for (std::size_t i = 0; i < m_doorbells.size(); ++i)
        addDoorbell(RegisterBar, NotifyOffset + i * NotifyMultiplier, 2, std::nullopt, m_doorbells[i]);
}

void VirtioPciTransport::createQueues(const GuestMemory& memory)
{
    for (unsigned i = 0; i < m_doorbells.size(); ++i)
        m_queues.push_back(std::make_unique<Virtqueue>(
            memory, Virtqueue::Callbacks{.interrupt = [this, i] { interruptQueue(i); },
                                         .broken = [this](std::string_view reason) { needsReset(reason); },
                                         .serviceAgain = [this, i] { m_doorbells[i].signal(); }}));
}

Result<> VirtioPciTransport::watchDoorbells()
{
    Result<> result;
    m_device->loop().runAndWait([&] {
        for (unsigned i = 0; i < m_doorbells.size() && result; ++i)
            result = m_device->loop().watch(m_doorbells[i].fd(), EPOLLIN,
                                            [this, i](std::uint32_t) { onDoorbell(i); });
    });
    return result;
}

VirtioPciTransport::~VirtioPciTransport()
{
    {
        std::scoped_lock lock(m_mutex);
        m_config.reset();
        m_hold = false;
        ++m_epoch;
    }
    m_work.kick();
    (void)waitForReset(LeaveLimit);
    m_device->loop().runAndWait([this] {
        for (const EventFd& doorbell : m_doorbells)
            m_device->loop().unwatch(doorbell.fd());
    });
    m_device->loop().runAndWait([] {}); // whatever the last tasks have posted has run, too
}

void VirtioPciTransport::reset()
{
    PciFunction::reset();
    {
        std::scoped_lock lock(m_mutex);
        m_config.reset();
        m_isr = 0;
        m_hold = false;
        m_restored.clear();
        ++m_epoch;
    }
    m_work.kick();
    // What the device is doing still may write to RAM; the firmware must find it quiet.
    if (!m_device->loop().isLoopThread())
        (void)waitForReset(ResetLimit);
}

bool VirtioPciTransport::waitForReset(std::chrono::milliseconds limit)
{
    std::unique_lock lock(m_mutex);
    return m_resetDone.wait_for(lock, limit, [this] { return m_finishedEpoch == m_epoch; });
}

void VirtioPciTransport::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    std::ranges::fill(data, std::byte{0});
    if (offset < CommonOffset + CommonConfig::Bytes) {
        m_config.read(offset, data);
    } else if (offset == IsrOffset) {
        data[0] = std::byte{m_isr}; // reading acknowledges (4.1.4.5)
        m_isr = 0;
        setIntx(false);
    } else if (offset >= DeviceOffset && offset < NotifyOffset) {
        m_device->readConfig(offset - DeviceOffset, data);
    }
}

void VirtioPciTransport::write(std::uint64_t offset, std::span<const std::byte> data)
{
    if (offset >= NotifyOffset)
        return notifySlowly(offset - NotifyOffset);
    std::scoped_lock lock(m_mutex);
    if (offset >= DeviceOffset)
        return m_device->writeConfig(offset - DeviceOffset, data);
    if (offset >= CommonOffset + CommonConfig::Bytes)
        return;
    const bool wasReady = m_config.isDriverReady();
    const auto effects = m_config.write(offset, data);
    if (effects.reset) {
        m_isr = 0;
        m_restored.clear();
        setIntx(false);
        if (wasReady) { // otherwise the device has nothing to forget
            ++m_epoch;
            m_config.showResetting(true);
            m_work.kick();
        }
    }
    if (effects.queuesChanged)
        m_work.kick();
}

void VirtioPciTransport::notifySlowly(std::uint64_t offset)
{
    const std::uint64_t queue = offset / NotifyMultiplier;
    if (offset % NotifyMultiplier == 0 && queue < m_doorbells.size())
        m_doorbells[queue].signal();
}

std::optional<std::uint64_t> VirtioPciTransport::windowTarget() const
{
    const std::uint32_t offset = configSpace().get32(WindowAt + 8);
    const std::uint32_t length = configSpace().get32(WindowAt + 12);
    const bool plausible = configSpace().get8(WindowAt + 4) == RegisterBar
                           && (length == 1 || length == 2 || length == 4) && offset % length == 0
                           && offset < RegisterBarBytes;
    return plausible ? std::optional<std::uint64_t>(offset) : std::nullopt;
}

unsigned VirtioPciTransport::windowWidth() const
{
    return configSpace().get32(WindowAt + 12);
}

void VirtioPciTransport::beforeConfigRead(std::uint16_t offset, unsigned width)
{
    if (!covers(offset, width, WindowData, 4))
        return;
    const auto target = windowTarget();
    if (!target)
        return;
    std::array<std::byte, 4> bytes{};
    read(*target, std::span(bytes).first(windowWidth()));
    config().set32(WindowData, static_cast<std::uint32_t>(loadLittleEndian(bytes)));
}

void VirtioPciTransport::onConfigWritten(std::uint16_t offset, unsigned width)
{
    if (!covers(offset, width, WindowData, 4))
        return;
    const auto target = windowTarget();
    if (!target)
        return;
    std::array<std::byte, 4> bytes{};
    storeLittleEndian(bytes, configSpace().get32(WindowData));
    write(*target, std::span(bytes).first(windowWidth()));
}

void VirtioPciTransport::configurationChanged()
{
    std::scoped_lock lock(m_mutex);
    m_config.nextGeneration();
    if (m_config.isDriverReady())
        interruptLocked(m_config.configVector(), IsrConfig);
}

void VirtioPciTransport::needsReset(std::string_view reason)
{
    m_log.warning(name(), reason);
    std::scoped_lock lock(m_mutex);
    if (!m_config.isDriverReady())
        return;
    m_config.setNeedsReset();
    interruptLocked(m_config.configVector(), IsrConfig);
}

void VirtioPciTransport::interruptQueue(unsigned queue)
{
    std::scoped_lock lock(m_mutex);
    interruptLocked(m_config.queue(queue).vector, IsrQueue);
}

void VirtioPciTransport::interruptLocked(std::uint16_t vector, std::uint8_t isrBit)
{
    if (usesMessages()) {
        if (vector != NoVector)
            signalMessage(vector);
        return;
    }
    m_isr |= isrBit;
    setIntx(true);
}

void VirtioPciTransport::saveState(StateWriter& out) const
{
    StateWriter base;
    PciFunction::saveState(base);
    out.version(1);
    out.bytes(base.data());
    StateWriter device;
    m_device->saveState(device);
    out.bytes(device.data());
    std::scoped_lock lock(m_mutex);
    m_config.saveState(out);
    out.integer(m_isr);
    for (std::size_t i = 0; i < m_queues.size(); ++i) {
        if (m_active || i >= m_restored.size())
            m_queues[i]->position().saveState(out);
        else
            m_restored[i].saveState(out);
    }
}

void VirtioPciTransport::stopForRestore()
{
    {
        std::scoped_lock lock(m_mutex);
        m_hold = true;
        ++m_epoch; // what ran here before the restore is over
    }
    m_work.kick();
    if (!waitForReset(ResetLimit))
        m_log.warning(name(), "the device was still busy when its state was restored");
}

Result<> VirtioPciTransport::restoreState(StateReader& in)
{
    constexpr std::size_t BaseLimit = 1 << 18;
    constexpr std::size_t DeviceLimit = std::size_t{300} << 20; // a display's pictures are the largest
    (void)in.version(1);
    const auto base = in.bytes(BaseLimit);
    const auto device = in.bytes(DeviceLimit);
    CommonConfig restored = m_config;
    VM_TRY(restored.readState(in));
    const auto isr = static_cast<std::uint8_t>(in.integer<std::uint8_t>() & (IsrQueue | IsrConfig));
    std::vector<QueuePosition> positions(m_queues.size());
    for (QueuePosition& position : positions)
        position.readState(in);
    VM_TRY(in.finish());
    StateWriter before;
    m_device->saveState(before);
    StateReader deviceIn(device);
    VM_TRY(m_device->restoreState(deviceIn));
    StateReader baseIn(base);
    if (auto result = PciFunction::restoreState(baseIn); !result) {
        StateReader undo(before.data());
        (void)m_device->restoreState(undo);
        return result;
    }
    stopForRestore();
    StateReader deviceAgain(device); // known to be good; the device has just forgotten it
    VM_TRY(m_device->restoreState(deviceAgain));
    std::scoped_lock lock(m_mutex);
    m_config = std::move(restored);
    m_isr = isr;
    m_restored = std::move(positions);
    return {};
}

} // namespace engine::virtio
