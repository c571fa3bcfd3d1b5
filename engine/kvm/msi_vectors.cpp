// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/msi_vectors.h"

#include "base/event_fd.h"
#include "kvm/kvm_api.h"

#include <atomic>
#include <mutex>

namespace engine::kvm {

namespace {

/// An eventfd that raises a GSI for as long as this object lives (KVM_IRQFD).
class IrqFd {
public:
    [[nodiscard]] static Result<std::unique_ptr<IrqFd>> create(int vmFd, Gsi gsi)
    {
        EventFd event = VM_TRY(EventFd::create());
        auto irqFd = std::unique_ptr<IrqFd>(new IrqFd(vmFd, gsi, std::move(event)));
        if (irqFd->assign(0) < 0)
            return failSystem("KVM refuses an interrupt event (KVM_IRQFD)");
        irqFd->m_assigned = true;
        return irqFd;
    }
    ~IrqFd()
    {
        if (m_assigned)
            (void)assign(KVM_IRQFD_FLAG_DEASSIGN);
    }
    IrqFd(const IrqFd&) = delete;
    IrqFd& operator=(const IrqFd&) = delete;
    IrqFd(IrqFd&&) = delete;
    IrqFd& operator=(IrqFd&&) = delete;

    void signal() const { m_event.signal(); }

private:
    IrqFd(int vmFd, Gsi gsi, EventFd event) : m_vmFd(vmFd), m_gsi(gsi), m_event(std::move(event)) {}
    [[nodiscard]] int assign(std::uint32_t flags) const
    {
        kvm_irqfd request{};
        request.fd = static_cast<std::uint32_t>(m_event.fd());
        request.gsi = m_gsi;
        request.flags = flags;
        return callKvm(m_vmFd, KVM_IRQFD, &request);
    }

    int m_vmFd;
    Gsi m_gsi;
    EventFd m_event;
    bool m_assigned = false;
};

class KvmMsiVector final : public MsiVector {
public:
    KvmMsiVector(int vmFd, bool irqFds, IrqRouting& routing)
        : m_vmFd(vmFd), m_irqFds(irqFds), m_routing(routing)
    {}
    ~KvmMsiVector() override
    {
        m_irqFd.reset();
        if (m_gsi)
            m_routing.freeGsi(*m_gsi);
    }
    KvmMsiVector(const KvmMsiVector&) = delete;
    KvmMsiVector& operator=(const KvmMsiVector&) = delete;
    KvmMsiVector(KvmMsiVector&&) = delete;
    KvmMsiVector& operator=(KvmMsiVector&&) = delete;

    void setMessage(const MsiMessage& message) override
    {
        std::scoped_lock lock(m_mutex);
        if (m_programmed && m_message == message)
            return;
        m_message = message;
        m_programmed = true;
        m_routed.store(false, std::memory_order_release);
        if (m_gsi)
            m_routing.setMessage(*m_gsi, message); // with the next commit, whoever makes it
    }

    void signal() override
    {
        if (m_routed.load(std::memory_order_acquire)) {
            m_irqFd->signal();
            return;
        }
        std::scoped_lock lock(m_mutex);
        if (!m_programmed)
            return;
        if (m_irqFds && route()) {
            m_routed.store(true, std::memory_order_release);
            m_irqFd->signal();
        } else {
            deliverDirectly();
        }
    }

private:
    [[nodiscard]] bool route()
    {
        if (!m_gsi)
            m_gsi = m_routing.allocateGsi();
        if (!m_gsi)
            return false;
        m_routing.setMessage(*m_gsi, m_message);
        if (!m_routing.commit())
            return false;
        if (m_irqFd)
            return true;
        auto created = IrqFd::create(m_vmFd, *m_gsi);
        if (created)
            m_irqFd = *std::move(created);
        return m_irqFd != nullptr;
    }

    void deliverDirectly() const
    {
        kvm_msi msi{};
        msi.address_lo = static_cast<std::uint32_t>(m_message.address);
        msi.address_hi = static_cast<std::uint32_t>(m_message.address >> 32) & ~0xFFU;
        msi.data = m_message.data;
        (void)callKvm(m_vmFd, KVM_SIGNAL_MSI, &msi);
    }

    int m_vmFd;
    bool m_irqFds;
    IrqRouting& m_routing;
    std::mutex m_mutex;
    MsiMessage m_message;           // guarded by m_mutex
    bool m_programmed = false;      // guarded by m_mutex
    std::optional<Gsi> m_gsi;       // guarded by m_mutex
    std::unique_ptr<IrqFd> m_irqFd; // set once under m_mutex, then read by whoever sees m_routed
    std::atomic<bool> m_routed = false;
};

} // namespace

MsiVectors::MsiVectors(int vmFd, const KvmCaps& caps, IrqRouting& routing)
    : m_vmFd(vmFd), m_irqFds(canUseIrqFds(caps)), m_routing(routing)
{}

Result<std::unique_ptr<MsiVector>> MsiVectors::createVector()
{
    return std::make_unique<KvmMsiVector>(m_vmFd, m_irqFds, m_routing);
}

} // namespace engine::kvm
