// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/run_page.h"

#include "kvm/kvm_api.h"

#include <sys/mman.h>

#include <atomic>
#include <utility>

namespace engine::kvm {

Result<RunPage> RunPage::map(int vcpuFd, std::size_t bytes)
{
    void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, vcpuFd, 0);
    if (memory == MAP_FAILED)
        return failSystem("cannot map the virtual CPU's shared page");
    return RunPage({static_cast<std::byte*>(memory), bytes});
}

RunPage::~RunPage()
{
    if (!m_bytes.empty())
        ::munmap(m_bytes.data(), m_bytes.size());
}

RunPage::RunPage(RunPage&& other) noexcept : m_bytes(std::exchange(other.m_bytes, {})) {}

RunPage& RunPage::operator=(RunPage&& other) noexcept
{
    std::swap(m_bytes, other.m_bytes);
    return *this;
}

void RunPage::requestImmediateExit() const
{
    std::atomic_ref(run().immediate_exit).store(1, std::memory_order_release);
}

void RunPage::clearImmediateExit() const
{
    (void)std::atomic_ref(run().immediate_exit).exchange(0, std::memory_order_acq_rel);
}

} // namespace engine::kvm
