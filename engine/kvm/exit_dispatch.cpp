// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/exit_dispatch.h"

namespace engine::kvm {

void ExitDispatcher::drainCoalesced()
{
    m_coalesced.drain(
        [this](CoalescedZone::Space space, std::uint64_t address, std::span<const std::byte> data) {
            BusView& bus = space == CoalescedZone::Space::Ports ? m_ports : m_mmio;
            (void)bus.map().write(address, data);
        });
}

bool ExitDispatcher::dispatch(const VcpuExit& exit)
{
    drainCoalesced();
    if (const auto* out = std::get_if<IoOut>(&exit)) {
        const BusMap& map = m_ports.map();
        for (std::uint32_t i = 0; i < out->count; ++i)
            (void)map.write(out->port, out->data.subspan(std::size_t{i} * out->size, out->size));
        return true;
    }
    if (const auto* in = std::get_if<IoIn>(&exit)) {
        const BusMap& map = m_ports.map();
        for (std::uint32_t i = 0; i < in->count; ++i)
            (void)map.read(in->port, in->data.subspan(std::size_t{i} * in->size, in->size));
        return true;
    }
    if (const auto* write = std::get_if<MmioWrite>(&exit)) {
        (void)m_mmio.map().write(write->address, write->data);
        return true;
    }
    if (const auto* read = std::get_if<MmioRead>(&exit)) {
        (void)m_mmio.map().read(read->address, read->data);
        return true;
    }
    if (const auto* msr = std::get_if<RdMsr>(&exit)) {
        m_msrs.answer(*msr);
        return true;
    }
    if (const auto* msr = std::get_if<WrMsr>(&exit); msr && !msr->isFiltered) {
        m_msrs.answer(*msr);
        return true;
    }
    return false;
}

} // namespace engine::kvm
