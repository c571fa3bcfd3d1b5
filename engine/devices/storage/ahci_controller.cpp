// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/ahci_controller.h"

#include "devices/storage/ata/ata_disk.h"

#include <algorithm>

namespace engine {

namespace {

constexpr unsigned IoBar = 4;
constexpr unsigned MemoryBar = 5;
constexpr std::uint64_t IoBytes = 32;
constexpr std::uint8_t MsiOffset = 0x80;
constexpr std::uint8_t SataCapabilityOffset = 0xa8;
constexpr std::uint8_t SataCapabilityId = 0x12;
constexpr std::uint16_t AddressMap = 0x90; ///< MAP
constexpr std::chrono::milliseconds ResetLimit{2000};

pci::PciIdentity identity()
{
    return {.vendorId = 0x8086,
            .deviceId = 0x2922,
            .classCode = 0x010601,
            .revision = 2,
            .pin = pci::InterruptPin::A};
}

} // namespace

AhciController::AhciController(const GuestMemory& memory, Log& log, std::string name)
    : PciFunction(std::move(name), identity()), m_memory(memory), m_log(log)
{
    constexpr std::uint8_t MultiFunction = 0x80;
    constexpr std::uint8_t AhciMode = 0x40;
    constexpr std::uint32_t IndexDataAt = 0x48; // BAR 4, fourth dword
    config().set8(pci::reg::HeaderType, MultiFunction);
    config().set8(AddressMap, AhciMode);
    config().addCapability(SataCapabilityId, SataCapabilityOffset);
    config().set8(SataCapabilityOffset + 2, 0x10); // revision 1.0
    config().set32(SataCapabilityOffset + 4, IndexDataAt);
    addMsi(MsiOffset);
    addBar(IoBar, pci::BarKind::Io, IoBytes, m_indexDataPair);
    addBar(MemoryBar, pci::BarKind::Memory32, ahci::HostRegisters::Bytes, *this);
}

AhciController::~AhciController()
{
    for (unsigned i = 0; i < ahci::PortCount; ++i)
        detach(i);
}

void AhciController::attachDisk(unsigned portIndex, std::shared_ptr<BlockBackend> backend)
{
    auto tracker = std::make_shared<RequestTracker>();
    EventLoop& loop = backend->loop();
    std::string diskName = name() + "." + std::to_string(portIndex);
    attach(portIndex, loop,
           std::make_shared<ata::AtaDisk>(std::move(backend), tracker, m_log, std::move(diskName)), tracker);
}

void AhciController::attachOptical(unsigned portIndex, std::shared_ptr<OpticalDrive> drive)
{
    auto tracker = drive->tracker();
    EventLoop& loop = drive->loop();
    attach(portIndex, loop, std::move(drive), std::move(tracker));
}

void AhciController::attach(unsigned portIndex, EventLoop& loop, std::shared_ptr<ata::Device> device,
                            std::shared_ptr<RequestTracker> tracker)
{
    detach(portIndex);
    const auto signature = device->signature();
    ahci::EngineHost& host = *this;
    auto engine = std::make_unique<ahci::CommandEngine>(host, portIndex, m_memory, m_log, loop,
                                                        std::move(device), std::move(tracker));
    std::scoped_lock lock(m_mutex);
    m_engines.at(portIndex) = std::move(engine);
    m_registers.port(portIndex).attach(signature, isBusMaster());
    m_engines.at(portIndex)->storeSignature();
    interruptsChanged();
}

void AhciController::detach(unsigned portIndex)
{
    std::unique_ptr<ahci::CommandEngine> engine;
    {
        std::scoped_lock lock(m_mutex);
        engine = std::move(m_engines.at(portIndex));
    }
    if (!engine)
        return;
    engine.reset(); // outside of the lock: its last commands still report
    std::scoped_lock lock(m_mutex);
    m_registers.port(portIndex).detach();
    m_registers.settleReset();
    interruptsChanged();
}

void AhciController::reset()
{
    PciFunction::reset();
    {
        std::scoped_lock lock(m_mutex);
        m_registers.reset();
        m_indexDataPair.m_index = 0;
        for (auto& engine : m_engines)
            if (engine)
                engine->requestDeviceReset();
        interruptsChanged();
    }
    // What the disks are doing still may write to RAM; the firmware must find it quiet.
    (void)waitIdle(ResetLimit);
    kickAll();
}

bool AhciController::waitIdle(std::chrono::milliseconds limit)
{
    const auto deadline = std::chrono::steady_clock::now() + limit;
    for (const auto& engine : m_engines) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (engine && !engine->tracker().waitIdle(std::max(left, std::chrono::milliseconds{0})))
            return false;
    }
    return true;
}

void AhciController::resumeWork()
{
    kickAll();
}

void AhciController::kickAll()
{
    std::scoped_lock lock(m_mutex);
    for (auto& engine : m_engines)
        if (engine)
            engine->kick();
}

void AhciController::onConfigWritten(std::uint16_t offset, unsigned width)
{
    // Commands that were issued before bus mastering came on wait for it.
    if (offset < pci::reg::Command + 2 && pci::reg::Command < offset + width && isBusMaster())
        kickAll();
}

void AhciController::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    m_registers.read(offset, data);
}

void AhciController::write(std::uint64_t offset, std::span<const std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    applyLocked(m_registers.write(offset, data));
    interruptsChanged();
}

void AhciController::applyLocked(const ahci::HostEffects& effects)
{
    for (unsigned i = 0; i < ahci::PortCount; ++i) {
        ahci::CommandEngine* engine = m_engines.at(i).get();
        const ahci::PortEffects& effect = effects.at(i);
        if (!engine)
            continue;
        if (effect.deviceReset)
            engine->requestDeviceReset();
        if (effect.receiveStarted || effect.deviceReset)
            engine->storeSignature();
        if (effect.commandsIssued || effect.deviceReset)
            engine->kick();
    }
}

void AhciController::interruptsChanged()
{
    const bool tell = m_registers.collectInterrupts();
    if (!usesMessages()) {
        setIntx(m_registers.interruptPending());
        return;
    }
    setIntx(false);
    if (tell)
        signalMessage(0);
}

void AhciController::IndexDataPair::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::scoped_lock lock(m_owner.m_mutex);
    for (std::size_t i = 0; i < data.size(); ++i) {
        const std::uint64_t at = offset + i;
        data[i] = std::byte{0};
        if (at >= 0x10 && at < 0x14)
            data[i] = std::byte(static_cast<std::uint8_t>(m_index >> (8 * (at - 0x10))));
        else if (at >= 0x14 && at < 0x18)
            m_owner.m_registers.read(m_index + (at - 0x14), data.subspan(i, 1));
    }
}

void AhciController::IndexDataPair::write(std::uint64_t offset, std::span<const std::byte> data)
{
    constexpr std::uint32_t IndexMask = ahci::HostRegisters::Bytes - 4;
    std::scoped_lock lock(m_owner.m_mutex);
    if (offset == 0x10 && data.size() == 4) {
        m_index = static_cast<std::uint32_t>(loadLittleEndian(data)) & IndexMask;
    } else if (offset >= 0x14 && offset + data.size() <= 0x18) {
        m_owner.applyLocked(m_owner.m_registers.write(m_index + (offset - 0x14), data));
        m_owner.interruptsChanged();
    }
}

void AhciController::saveState(StateWriter& out) const
{
    StateWriter base;
    PciFunction::saveState(base);
    out.version(1);
    out.bytes(base.data());
    std::scoped_lock lock(m_mutex);
    m_registers.saveState(out);
    out.integer(m_indexDataPair.m_index);
    for (const auto& engine : m_engines) {
        StateWriter device;
        if (engine)
            engine->device().saveState(device);
        out.bytes(device.data());
    }
}

Result<> AhciController::restoreState(StateReader& in)
{
    constexpr std::size_t BaseLimit = 1 << 18;
    constexpr std::size_t DeviceLimit = 4096;
    (void)in.version(1);
    const auto base = in.bytes(BaseLimit);
    ahci::HostRegisters restored;
    {
        std::scoped_lock lock(m_mutex);
        restored = m_registers;
    }
    restored.readState(in);
    const auto index = in.integer<std::uint32_t>();
    std::array<std::vector<std::byte>, ahci::PortCount> states;
    for (auto& state : states)
        state = in.bytes(DeviceLimit);
    VM_TRY(in.finish());
    VM_TRY(restoreDevices(states));
    StateReader baseIn(base);
    VM_TRY(PciFunction::restoreState(baseIn));
    std::scoped_lock lock(m_mutex);
    m_registers = restored;
    m_indexDataPair.m_index = index & (ahci::HostRegisters::Bytes - 4);
    interruptsChanged();
    return {};
}

Result<> AhciController::restoreDevices(const std::array<std::vector<std::byte>, ahci::PortCount>& states)
{
    std::array<std::vector<std::byte>, ahci::PortCount> before;
    for (unsigned i = 0; i < ahci::PortCount; ++i) {
        if (m_engines.at(i)) {
            StateWriter writer;
            m_engines.at(i)->device().saveState(writer);
            before.at(i) = writer.take();
        }
    }
    for (unsigned i = 0; i < ahci::PortCount; ++i) {
        Result<> result;
        if (!m_engines.at(i) && !states.at(i).empty())
            result = fail(ErrorCode::InvalidArgument,
                          "the saved machine had a drive on a SATA port that is empty now");
        else if (m_engines.at(i)) {
            StateReader reader(states.at(i));
            result = m_engines.at(i)->device().restoreState(reader);
        }
        if (result)
            continue;
        for (unsigned undo = 0; undo < i; ++undo) {
            StateReader reader(before.at(undo));
            if (m_engines.at(undo))
                (void)m_engines.at(undo)->device().restoreState(reader);
        }
        return result;
    }
    return {};
}

} // namespace engine
