// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

/// The registers of the Intel 82574L (datasheet 317694, revision 3.4, chapter 10) that this model has.
namespace engine::e1000e::reg {

inline constexpr std::uint32_t DeviceControl = 0x0000;      ///< CTRL, 10.2.2.1
inline constexpr std::uint32_t DeviceStatus = 0x0008;       ///< STATUS, 10.2.2.2
inline constexpr std::uint32_t EepromControl = 0x0010;      ///< EECD, 10.2.2.3
inline constexpr std::uint32_t EepromRead = 0x0014;         ///< EERD, 10.2.2.4
inline constexpr std::uint32_t ExtendedControl = 0x0018;    ///< CTRL_EXT, 10.2.2.5
inline constexpr std::uint32_t PhyAccess = 0x0020;          ///< MDIC, 10.2.2.7
inline constexpr std::uint32_t VlanEtherType = 0x0038;      ///< VET, 10.2.2.11
inline constexpr std::uint32_t InterruptCause = 0x00c0;     ///< ICR, 10.2.4.1
inline constexpr std::uint32_t InterruptThrottle = 0x00c4;  ///< ITR, 10.2.4.2
inline constexpr std::uint32_t InterruptSet = 0x00c8;       ///< ICS, 10.2.4.4
inline constexpr std::uint32_t InterruptMask = 0x00d0;      ///< IMS, 10.2.4.5
inline constexpr std::uint32_t InterruptMaskClear = 0x00d8; ///< IMC, 10.2.4.6
inline constexpr std::uint32_t AutoClear = 0x00dc;          ///< EIAC, 10.2.4.7
inline constexpr std::uint32_t AutoMask = 0x00e0;           ///< IAM, 10.2.4.8
inline constexpr std::uint32_t VectorAllocation = 0x00e4;   ///< IVAR, 10.2.4.9
inline constexpr std::uint32_t VectorThrottle = 0x00e8;     ///< EITR, 10.2.4.3, five
inline constexpr std::uint32_t ReceiveControl = 0x0100;     ///< RCTL, 10.2.5.1
inline constexpr std::uint32_t TransmitControl = 0x0400;    ///< TCTL, 10.2.6.1
inline constexpr std::uint32_t ManagementControl = 0x1010;  ///< EEMNGCTL, 10.2.2.16
inline constexpr std::uint32_t PacketSplitControl = 0x2170; ///< PSRCTL, 10.2.5.4
inline constexpr std::uint32_t ReceiveRing = 0x2800;        ///< RDBAL ... of queue 0, 10.2.5.5
inline constexpr std::uint32_t TransmitRing = 0x3800;       ///< TDBAL ... of queue 0, 10.2.6.3
inline constexpr std::uint32_t QueueStride = 0x0100;
// Within a ring:
inline constexpr std::uint32_t RingBaseLow = 0x00;
inline constexpr std::uint32_t RingBaseHigh = 0x04;
inline constexpr std::uint32_t RingLength = 0x08;
inline constexpr std::uint32_t RingHead = 0x10;
inline constexpr std::uint32_t RingTail = 0x18;
// Statistics, cleared when read (10.2.7)
inline constexpr std::uint32_t Statistics = 0x4000;
inline constexpr std::uint32_t StatisticsEnd = 0x4128;
inline constexpr std::uint32_t SizesReceived = 0x405c;       ///< PRC64 and five more
inline constexpr std::uint32_t GoodReceived = 0x4074;        ///< GPRC
inline constexpr std::uint32_t BroadcastReceived = 0x4078;   ///< BPRC
inline constexpr std::uint32_t MulticastReceived = 0x407c;   ///< MPRC
inline constexpr std::uint32_t GoodSent = 0x4080;            ///< GPTC
inline constexpr std::uint32_t OctetsReceived = 0x4088;      ///< GORCL, GORCH
inline constexpr std::uint32_t OctetsSent = 0x4090;          ///< GOTCL, GOTCH
inline constexpr std::uint32_t TotalOctetsReceived = 0x40c0; ///< TORL, TORH
inline constexpr std::uint32_t TotalOctetsSent = 0x40c8;     ///< TOTL, TOTH
inline constexpr std::uint32_t TotalReceived = 0x40d0;       ///< TPR
inline constexpr std::uint32_t TotalSent = 0x40d4;           ///< TPT
inline constexpr std::uint32_t SizesSent = 0x40d8;           ///< PTC64 and five more
inline constexpr std::uint32_t MulticastSent = 0x40f0;       ///< MPTC
inline constexpr std::uint32_t BroadcastSent = 0x40f4;       ///< BPTC
inline constexpr std::uint32_t ReceiveChecksum = 0x5000;     ///< RXCSUM, 10.2.5.15
inline constexpr std::uint32_t ReceiveFilter = 0x5008;       ///< RFCTL, 10.2.5.16
inline constexpr std::uint32_t MulticastTable = 0x5200;      ///< MTA, 10.2.5.17, 128
inline constexpr std::uint32_t ReceiveAddress = 0x5400;      ///< RAL and RAH, 10.2.5.18, 16 pairs
inline constexpr std::uint32_t VlanTable = 0x5600;           ///< VFTA, 10.2.5.20, 128
inline constexpr std::uint32_t Semaphore = 0x5b50;           ///< SWSM, 10.2.2.18
inline constexpr std::uint32_t End = 0x6000;                 ///< nothing beyond

} // namespace engine::e1000e::reg

namespace engine::e1000e {

// CTRL
inline constexpr std::uint32_t ControlMasterDisable = 1U << 2; ///< GIO Master Disable
inline constexpr std::uint32_t ControlReset = 1U << 26;        ///< RST
inline constexpr std::uint32_t ControlVlanMode = 1U << 30;     ///< VME
inline constexpr std::uint32_t ControlPhyReset = 1U << 31;     ///< PHY_RST
// STATUS
inline constexpr std::uint32_t StatusLinkUp = 1U << 1;         ///< LU
inline constexpr std::uint32_t StatusPhyReset = 1U << 10;      ///< PHYRA
inline constexpr std::uint32_t StatusMasterEnabled = 1U << 19; ///< GIO Master Enable Status
// CTRL_EXT
inline constexpr std::uint32_t ExtendedAutoMask = 1U << 27; ///< IAME
// Interrupt causes (ICR)
inline constexpr std::uint32_t CauseTransmitDone = 1U << 0;     ///< TXDW
inline constexpr std::uint32_t CauseTransmitEmpty = 1U << 1;    ///< TXQE
inline constexpr std::uint32_t CauseLinkChange = 1U << 2;       ///< LSC
inline constexpr std::uint32_t CauseReceiveThreshold = 1U << 4; ///< RXDMT0
inline constexpr std::uint32_t CauseReceiveOverrun = 1U << 6;   ///< RXO
inline constexpr std::uint32_t CauseReceiveTimer = 1U << 7;     ///< RXT0
inline constexpr std::uint32_t CausePhyAccess = 1U << 9;        ///< MDAC
inline constexpr std::uint32_t CauseReceiveQueue0 = 1U << 20;   ///< RXQ0
inline constexpr std::uint32_t CauseTransmitQueue0 = 1U << 22;  ///< TXQ0
inline constexpr std::uint32_t CauseOther = 1U << 24;           ///< OTHER
inline constexpr std::uint32_t CauseAsserted = 1U << 31;        ///< INT_ASSERTED
inline constexpr std::uint32_t CauseMask = 0x01f782d7;
/// What OTHER stands for.
inline constexpr std::uint32_t OtherCauses =
    CauseLinkChange | CauseReceiveOverrun | CausePhyAccess | 7U << 16;
// RCTL
inline constexpr std::uint32_t ReceiveEnable = 1U << 1;        ///< EN
inline constexpr std::uint32_t ReceiveAllUnicast = 1U << 3;    ///< UPE
inline constexpr std::uint32_t ReceiveAllMulticast = 1U << 4;  ///< MPE
inline constexpr std::uint32_t ReceiveLoopback = 3U << 6;      ///< LBM: 1 is MAC loopback
inline constexpr std::uint32_t ReceiveBroadcast = 1U << 15;    ///< BAM
inline constexpr std::uint32_t ReceiveVlanFilter = 1U << 18;   ///< VFE
inline constexpr std::uint32_t ReceiveLargeBuffers = 1U << 25; ///< BSEX
inline constexpr std::uint32_t ReceiveStripCrc = 1U << 26;     ///< SECRC
// TCTL
inline constexpr std::uint32_t TransmitEnable = 1U << 1;   ///< EN
inline constexpr std::uint32_t TransmitPadShort = 1U << 3; ///< PSP

} // namespace engine::e1000e
