// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"
#include "devices/network/net_backend.h"
#include "devices/storage/block_backend.h"
#include "vm/vm_config.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace engine {

/// The disks, discs, floppy and networks of a machine, opened by its owner. Loops and backends outlive the
/// machine.
struct MachineMedia {
    struct Disk {
        DiskBus bus = DiskBus::Ahci;
        std::shared_ptr<BlockBackend> backend;
    };
    struct Cd {
        EventLoop* loop = nullptr;             ///< the drive's thread
        std::shared_ptr<BlockBackend> backend; ///< null: no disc
    };
    std::vector<Disk> disks;
    std::vector<Cd> cds;
    struct NetworkCard {
        NetworkModel model = NetworkModel::E1000e;
        NetBackend* backend = nullptr; ///< outlives the machine
        MacAddress mac{};
    };
    std::vector<NetworkCard> networkCards;
    std::vector<std::byte> floppyImage; ///< empty: none
};

} // namespace engine
