// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/network/e1000e/register_file.h"

#include "devices/network/e1000e/eeprom.h"

#include <algorithm>

namespace engine::e1000e {

namespace {

/// Registers that hold what software writes. Everything else is written by the code below, or reads as
/// zero and ignores writes.
struct Storage {
    std::uint32_t first;
    unsigned count;
    std::uint32_t mask; ///< bits that software may set
    std::uint32_t reset = 0;
};

constexpr std::uint32_t All = 0xffffffff;
constexpr std::array Table = std::to_array<Storage>({
    {0x001c, 1, All},                        // FLA
    {reg::ExtendedControl, 1, 0x9b9fcfff},   // CTRL_EXT without ASDCHK, EE_RST, which clear themselves
    {0x0028, 1, All},                        // FCAL
    {0x002c, 2, 0xffff},                     // FCAH, FCT
    {reg::VlanEtherType, 1, 0xffff, 0x8100}, // VET
    {reg::InterruptThrottle, 1, 0xffff},     // ITR
    {reg::AutoClear, 1, 0x01f00000},         // EIAC
    {reg::AutoMask, 1, All},                 // IAM
    {reg::VectorAllocation, 1, 0x800fffff},  // IVAR
    {reg::VectorThrottle, 5, 0xffff},        // EITR
    {reg::ReceiveControl, 1, 0x7fdffffe},    // RCTL
    {0x0170, 1, 0xffff},                     // FCTTV
    {reg::TransmitControl, 1, 0x7ffffffa, 0x0003f0f8},    // TCTL
    {0x0410, 1, 0x3fffffff, 0x00602008},                  // TIPG
    {0x0458, 1, 0xffff},                                  // AIT
    {0x0e00, 1, All, 0x00068302},                         // LEDCTL
    {0x0f00, 1, All, 0x00000008},                         // EXTCNF_CTRL
    {0x0f08, 1, All},                                     // EXTCNF_SIZE
    {0x0f10, 1, All, 0x0000030d},                         // POEMB
    {0x1000, 1, All, 0x00140014},                         // PBA
    {0x1008, 1, 0x3f, 0x00000028},                        // PBS
    {0x2160, 1, 0x8000fff8},                              // FCRTL
    {0x2168, 1, 0xfff8},                                  // FCRTH
    {reg::PacketSplitControl, 1, 0x3f3f3f7f, 0x00040402}, // PSRCTL
    {0x2410, 1, 0x1fff},                                  // RDFH
    {0x2418, 1, 0x1fff},                                  // RDFT
    {0x2420, 1, 0x1fff},                                  // RDFHS
    {0x2428, 1, 0x1fff},                                  // RDFTS
    {0x2430, 1, 0x1fff},                                  // RDFPC
    {0x3410, 1, 0x1fff, 0x600},                           // TDFH
    {0x3418, 1, 0x1fff, 0x600},                           // TDFT
    {0x3420, 1, 0x1fff, 0x600},                           // TDFHS
    {0x3428, 1, 0x1fff, 0x600},                           // TDFTS
    {0x3430, 1, 0x1fff},                                  // TDFPC
    {0x2820, 1, 0xffff},                                  // RDTR; its bit 31 clears itself
    {0x282c, 1, 0xffff},                                  // RADV
    {0x2c00, 1, 0xfff},                                   // RSRPD
    {0x2c08, 1, 0xffff},                                  // RAID
    {0x3820, 1, 0xffff},                                  // TIDV
    {0x382c, 1, 0xffff},                                  // TADV
    {reg::ReceiveRing + 0x28, 1, 0x7fffffff, 1 << 16},    // RXDCTL
    {reg::ReceiveRing + 0x128, 1, 0x7fffffff, 1 << 16},
    {reg::TransmitRing + 0x28, 1, 0x7fffffff}, // TXDCTL
    {reg::TransmitRing + 0x128, 1, 0x7fffffff},
    {reg::TransmitRing + 0x40, 1, All, 0x403}, // TARC
    {reg::TransmitRing + 0x140, 1, All, 0x403},
    {reg::ReceiveChecksum, 1, 0x0000b3ff, 0x300}, // RXCSUM
    {0x5004, 1, 0xffff},                          // RLPML
    {reg::ReceiveFilter, 1, All},                 // RFCTL
    {reg::MulticastTable, 128, All},              // MTA
    {reg::ReceiveAddress, 32, All},               // RAL, RAH
    {reg::VlanTable, 128, All},                   // VFTA
    {0x5800, 1, All},                             // WUC
    {0x5808, 1, All},                             // WUFC
    {0x5818, 1, All},                             // MRQC
    {0x5820, 1, All},                             // MANC
    {0x5b00, 1, All},                             // GCR
    {reg::Semaphore, 1, 0x0000000e},              // SWSM
    {0x5b58, 1, 0x3},                             // SWSM2
    {0x5c00, 32, All},                            // RETA
    {0x5c80, 10, All},                            // RSSRK
});

/// The registers of one ring (10.2.5.5 to 10.2.5.12, 10.2.6.3 to 10.2.6.11).
constexpr std::array RingTable = std::to_array<Storage>({
    {reg::RingBaseLow, 1, 0xfffffff0},
    {reg::RingBaseHigh, 1, All},
    {reg::RingLength, 1, 0x000fff80},
    {reg::RingHead, 1, 0xffff},
    {reg::RingTail, 1, 0xffff},
});

constexpr std::array<std::uint32_t, 4> Rings{reg::ReceiveRing, reg::ReceiveRing + reg::QueueStride,
                                             reg::TransmitRing, reg::TransmitRing + reg::QueueStride};

struct Masks {
    std::array<std::uint32_t, reg::End / 4> writable{};
    std::array<std::uint32_t, reg::End / 4> reset{};
};

constexpr Masks makeMasks()
{
    Masks masks;
    const auto apply = [&](std::uint32_t base, const Storage& storage) {
        for (unsigned i = 0; i < storage.count; ++i) {
            masks.writable[(base + storage.first) / 4 + i] = storage.mask;
            masks.reset[(base + storage.first) / 4 + i] = storage.reset;
        }
    };
    for (const Storage& storage : Table)
        apply(0, storage);
    for (const std::uint32_t ring : Rings)
        for (const Storage& storage : RingTable)
            apply(ring, storage);
    return masks;
}

constexpr Masks RegisterMasks = makeMasks();

constexpr std::uint32_t ControlAfterReset = 0x00100241; // full duplex, link up, 1000 Mbit/s, D3 wake-up
constexpr std::uint32_t StatusAfterReset = 0x80080281;  // full duplex, 1000 Mbit/s, master enabled
constexpr std::uint32_t ControlWritable = 0x5bffffff;
constexpr std::uint32_t EepromPresent = 0x00000300;   // EE_PRES, AUTO_RD
constexpr std::uint32_t EepromRequest = 1U << 6;      // EE_REQ
constexpr std::uint32_t EepromGrant = 1U << 7;        // EE_GNT
constexpr std::uint32_t EepromDone = 1U << 1;         // DONE of EERD
constexpr std::uint32_t ManagementReady = 0x80040000; // DONE, CFG_DONE
constexpr std::uint32_t AddressValid = 1U << 31;      // RAH.AV
constexpr std::uint32_t SemaphoreTaken = 1U << 0;     // SWSM.SMBI

bool isRingRegister(std::uint32_t offset, std::uint32_t ring, std::uint32_t which)
{
    return offset == ring + which || offset == ring + reg::QueueStride + which;
}

} // namespace

RegisterFile::RegisterFile(const MacAddress& mac) : m_eeprom(makeEeprom(mac)), m_mac(mac)
{
    reset();
}

void RegisterFile::reset()
{
    m_values = RegisterMasks.reset;
    m_announced = 0;
    m_phy.reset();
    set(reg::DeviceControl, ControlAfterReset);
    set(reg::DeviceStatus, StatusAfterReset);
    set(reg::EepromControl, EepromPresent);
    set(reg::EepromRead, EepromDone);
    set(reg::ManagementControl, ManagementReady);
    set(reg::ReceiveAddress, static_cast<std::uint32_t>(m_mac[0] | m_mac[1] << 8 | m_mac[2] << 16)
                                 | std::uint32_t{m_mac[3]} << 24);
    set(reg::ReceiveAddress + 4, static_cast<std::uint32_t>(m_mac[4] | m_mac[5] << 8) | AddressValid);
    setLink(m_linkUp);
}

void RegisterFile::setLink(bool up)
{
    m_linkUp = up;
    m_phy.setLink(up);
    const std::uint32_t status = get(reg::DeviceStatus) & ~StatusLinkUp;
    set(reg::DeviceStatus, up ? status | StatusLinkUp : status);
}

bool RegisterFile::isLoopback() const
{
    constexpr std::uint32_t MacLoopback = 1U << 6;
    return (get(reg::ReceiveControl) & ReceiveLoopback) == MacLoopback || m_phy.isLoopback();
}

std::uint32_t RegisterFile::read(std::uint32_t offset)
{
    if (offset >= reg::End)
        return 0;
    const std::uint32_t value = get(offset);
    if (offset >= reg::Statistics && offset < reg::StatisticsEnd) {
        readStatistic(offset);
        return value;
    }
    switch (offset) {
    case reg::InterruptCause: return readCause();
    case reg::InterruptSet: return get(reg::InterruptCause);
    case reg::InterruptMaskClear: return get(reg::InterruptMask);
    case reg::Semaphore: set(offset, value | SemaphoreTaken); return value;
    default: return value;
    }
}

/// Counters clear when they are read; those of 64 bits when their upper half is (10.2.7).
void RegisterFile::readStatistic(std::uint32_t offset)
{
    constexpr std::array Wide{reg::OctetsReceived, reg::OctetsSent, reg::TotalOctetsReceived,
                              reg::TotalOctetsSent};
    if (std::ranges::find(Wide, offset) != Wide.end())
        return;
    set(offset, 0);
    if (std::ranges::find(Wide, offset - 4) != Wide.end())
        set(offset - 4, 0);
}

std::uint32_t RegisterFile::readCause()
{
    const std::uint32_t asserted = pending() != 0 ? CauseAsserted : 0;
    const std::uint32_t value = get(reg::InterruptCause) | asserted;
    if (asserted != 0 || get(reg::InterruptMask) == 0) {
        set(reg::InterruptCause, 0);
        m_announced = 0;
    }
    if (asserted != 0 && (get(reg::ExtendedControl) & ExtendedAutoMask) != 0)
        set(reg::InterruptMask, get(reg::InterruptMask) & ~get(reg::AutoMask));
    return value;
}

RegisterEffects RegisterFile::write(std::uint32_t offset, std::uint32_t value)
{
    if (offset >= reg::End)
        return {};
    switch (offset) {
    case reg::DeviceControl: return writeControl(value);
    case reg::DeviceStatus: // software takes note of a reset of the PHY
        if ((value & StatusPhyReset) == 0)
            set(offset, get(offset) & ~StatusPhyReset);
        return {};
    case reg::EepromControl:
        set(offset,
            EepromPresent | (value & 0xf) | ((value & EepromRequest) != 0 ? EepromRequest | EepromGrant : 0));
        return {};
    case reg::EepromRead: readEeprom(value); return {};
    case reg::PhyAccess: accessPhy(value); return {};
    case reg::InterruptCause:
        set(offset, get(offset) & ~value);
        m_announced &= ~value;
        return {};
    case reg::InterruptSet: raise(value & CauseMask); return {};
    case reg::InterruptMask: set(offset, get(offset) | (value & CauseMask)); return {};
    case reg::InterruptMaskClear: set(reg::InterruptMask, get(reg::InterruptMask) & ~value); return {};
    case reg::Semaphore:
        set(offset, value & (RegisterMasks.writable[offset / 4] | SemaphoreTaken));
        return {};
    default: break;
    }
    const std::uint32_t mask = RegisterMasks.writable[offset / 4];
    if (mask == 0)
        return {};
    set(offset, value & mask);
    return {.transmit =
                isRingRegister(offset, reg::TransmitRing, reg::RingTail) || offset == reg::TransmitControl,
            .receive =
                isRingRegister(offset, reg::ReceiveRing, reg::RingTail) || offset == reg::ReceiveControl};
}

RegisterEffects RegisterFile::writeControl(std::uint32_t value)
{
    if ((value & ControlReset) != 0) {
        reset();
        return {.reset = true};
    }
    if ((value & ControlPhyReset) != 0) {
        m_phy.reset();
        set(reg::DeviceStatus, get(reg::DeviceStatus) | StatusPhyReset);
    }
    set(reg::DeviceControl, value & ControlWritable & ~ControlReset);
    const std::uint32_t status = get(reg::DeviceStatus) & ~StatusMasterEnabled;
    const bool masterOff = (value & ControlMasterDisable) != 0;
    set(reg::DeviceStatus, masterOff ? status : status | StatusMasterEnabled);
    return {};
}

void RegisterFile::readEeprom(std::uint32_t value)
{
    constexpr std::uint32_t Start = 1U << 0;
    const std::uint32_t address = value >> 2 & 0x3fff;
    if ((value & Start) == 0) {
        set(reg::EepromRead, value & ~EepromDone);
        return;
    }
    const std::uint32_t word = address < m_eeprom.size() ? m_eeprom.at(address) : 0xffff;
    set(reg::EepromRead, address << 2 | EepromDone | word << 16);
}

void RegisterFile::accessPhy(std::uint32_t value)
{
    constexpr std::uint32_t Ready = 1U << 28;
    constexpr std::uint32_t Interrupt = 1U << 29;
    constexpr std::uint32_t Failed = 1U << 30;
    constexpr std::uint32_t Write = 1;
    constexpr std::uint32_t Read = 2;
    constexpr std::uint32_t OurAddress = 1;
    const unsigned number = value >> 16 & 0x1f;
    const std::uint32_t operation = value >> 26 & 3;
    std::uint32_t result = (value & 0x2fff0000) | Ready;
    if ((value >> 21 & 0x1f) != OurAddress || (operation != Read && operation != Write))
        result |= Failed;
    else if (operation == Read)
        result |= m_phy.read(number);
    else {
        result |= value & 0xffff;
        if (m_phy.write(number, static_cast<std::uint16_t>(value)) && m_linkUp)
            raise(CauseLinkChange);
    }
    set(reg::PhyAccess, result);
    if ((value & Interrupt) != 0)
        raise(CausePhyAccess);
}

void RegisterFile::count(std::uint32_t statistic, std::uint32_t amount)
{
    const std::uint32_t before = get(statistic);
    set(statistic, before > UINT32_MAX - amount ? UINT32_MAX : before + amount); // they stick at the top
}

void RegisterFile::count64(std::uint32_t lowStatistic, std::uint32_t amount)
{
    const std::uint64_t sum =
        (get(lowStatistic) | std::uint64_t{get(lowStatistic + 4)} << 32) + std::uint64_t{amount};
    set(lowStatistic, static_cast<std::uint32_t>(sum));
    set(lowStatistic + 4, static_cast<std::uint32_t>(sum >> 32));
}

void RegisterFile::raise(std::uint32_t causes)
{
    if ((causes & OtherCauses) != 0)
        causes |= CauseOther;
    set(reg::InterruptCause, get(reg::InterruptCause) | causes);
    m_announced &= ~causes;
}

std::uint32_t RegisterFile::pending() const
{
    return get(reg::InterruptCause) & get(reg::InterruptMask);
}

std::uint32_t RegisterFile::takeUnannounced()
{
    const std::uint32_t now = pending();
    const std::uint32_t fresh = now & ~m_announced;
    m_announced = now;
    return fresh;
}

std::vector<unsigned> RegisterFile::takeVectors(std::uint32_t causes)
{
    constexpr std::array<std::uint32_t, 5> Fields{1U << 20, 1U << 21, 1U << 22, 1U << 23, CauseOther};
    std::vector<unsigned> vectors;
    const std::uint32_t allocation = get(reg::VectorAllocation);
    for (unsigned i = 0; i < Fields.size(); ++i) {
        const std::uint32_t field = allocation >> (4 * i) & 0xf;
        if ((causes & Fields.at(i)) == 0 || (field & 8) == 0)
            continue;
        vectors.push_back(field & 7);
        const std::uint32_t cleared = Fields.at(i) & get(reg::AutoClear);
        set(reg::InterruptCause, get(reg::InterruptCause) & ~cleared);
        if ((get(reg::ExtendedControl) & ExtendedAutoMask) == 0)
            set(reg::InterruptMask, get(reg::InterruptMask) & ~cleared);
        m_announced &= ~cleared;
    }
    return vectors;
}

void RegisterFile::saveState(StateWriter& out) const
{
    for (const std::uint32_t value : m_values)
        out.integer(value);
    m_phy.saveState(out);
    out.integer(m_announced);
}

void RegisterFile::readState(StateReader& in)
{
    constexpr std::array Computed{reg::DeviceControl, reg::DeviceStatus,      reg::EepromControl,
                                  reg::EepromRead,    reg::PhyAccess,         reg::InterruptCause,
                                  reg::InterruptMask, reg::ManagementControl, reg::Semaphore};
    for (std::size_t i = 0; i < m_values.size(); ++i) {
        const auto offset = static_cast<std::uint32_t>(4 * i);
        const bool free = std::ranges::find(Computed, offset) != Computed.end()
                          || (offset >= reg::Statistics && offset < reg::StatisticsEnd);
        m_values.at(i) = in.integer<std::uint32_t>() & (free ? All : RegisterMasks.writable.at(i));
    }
    m_phy.readState(in);
    m_announced = in.integer<std::uint32_t>();
    setLink(m_linkUp); // the cable is as it is now
}

} // namespace engine::e1000e
