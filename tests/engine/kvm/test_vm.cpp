// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kvm/test_vm.h"

#include "kvm/kick_signal.h"

#include <fstream>
#include <iterator>

namespace engine::kvm::test {

void ReportDevice::write(std::uint64_t, std::span<const std::byte> data)
{
    const std::uint64_t value = loadLittleEndian(data);
    {
        std::scoped_lock lock(m_mutex);
        m_reports.push_back(value);
    }
    m_changed.notify_all();
}

std::vector<std::uint64_t> ReportDevice::reports() const
{
    std::scoped_lock lock(m_mutex);
    return m_reports;
}

bool ReportDevice::waitFor(std::size_t count) const
{
    std::unique_lock lock(m_mutex);
    return m_changed.wait_for(lock, Patience, [&] { return m_reports.size() >= count; });
}

void ScratchDevice::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    ++m_accesses;
    for (std::byte& byte : data)
        byte = m_bytes.at(offset++ % m_bytes.size());
}

void ScratchDevice::write(std::uint64_t offset, std::span<const std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    ++m_accesses;
    for (const std::byte byte : data)
        m_bytes.at(offset++ % m_bytes.size()) = byte;
}

std::vector<std::byte> ScratchDevice::bytes(std::size_t offset, std::size_t length) const
{
    std::scoped_lock lock(m_mutex);
    return {m_bytes.begin() + static_cast<std::ptrdiff_t>(offset),
            m_bytes.begin() + static_cast<std::ptrdiff_t>(offset + length)};
}

std::unique_ptr<TestVm> TestVm::create(const std::string& guestPath, unsigned cpus)
{
    auto machine = std::make_unique<TestVm>();
    if (auto built = machine->build(guestPath, cpus); !built) {
        ADD_FAILURE() << built.error().message();
        return nullptr;
    }
    return machine;
}

TestVm::~TestVm()
{
    stopThreads();
    vcpus.clear();
    memory.reset();
}

Result<> TestVm::build(const std::string& guestPath, unsigned cpus)
{
    kvm = VM_TRY(Kvm::open());
    vm = VM_TRY(KvmVm::create(kvm, {}, log));
    memory = std::make_unique<AddressSpace>(&vm->memorySlots());
    auto ram = VM_TRY(HostBlock::create("test ram", RamBytes));
    std::ifstream file(guestPath, std::ios::binary);
    const std::vector<char> code{std::istreambuf_iterator<char>(file), {}};
    if (code.empty())
        return fail(ErrorCode::NotFound, "no test guest at " + guestPath);
    VM_TRY(ram->write(CodeBase, std::as_bytes(std::span(code))));
    MemoryMapping mapping;
    mapping.length = RamBytes;
    mapping.block = ram;
    (void)VM_TRY(memory->map(mapping));

    VM_TRY(ports.insert({.base = ReportPort, .length = 4}, report));
    VM_TRY(ports.insert({.base = EchoPort, .length = 4}, echo));
    VM_TRY(ports.insert({.base = DonePort, .length = 4}, done));
    VM_TRY(memory->mmio().insert({.base = 0xC0000, .length = 4096}, lowScratch));
    VM_TRY(memory->mmio().insert({.base = DeviceBase, .length = 4096}, scratch));

    CpuProfileConfig config;
    config.topology = CpuTopology::simple(cpus);
    for (unsigned i = 0; i < cpus; ++i)
        vcpus.push_back(
            VM_TRY(vm->createVcpu(config.topology.apicId(i), buildCpuid(HostCpu::of(*kvm), config, i))));
    return {};
}

VcpuExit TestVm::runBound(Vcpu& vcpu, const std::function<bool()>& stop)
{
    VcpuRunHandle handle = vcpu.bindToThisThread();
    ExitDispatcher dispatcher(ports, memory->mmio(), vm->coalescedWrites(), msrs);
    while (true) {
        auto exit = vcpu.run(handle);
        if (!exit) {
            ADD_FAILURE() << exit.error().message();
            return Unexpected{};
        }
        const bool answered = dispatcher.dispatch(*exit);
        if (stop() || !done.reports().empty())
            return *exit;
        if (answered || std::holds_alternative<Interrupted>(*exit))
            continue;
        const auto* error = std::get_if<InternalError>(&*exit);
        if (error && assist && assist(vcpu, handle, *error))
            continue;
        if (answer && answer(*exit))
            continue;
        if (std::holds_alternative<ShutDown>(*exit) && shutdownAssist && shutdownAssist())
            continue;
        return *exit;
    }
}

VcpuExit TestVm::run(unsigned index, const std::function<bool()>& stop)
{
    // A guest that hangs must not hang the test.
    Vcpu& vcpu = *vcpus.at(index);
    std::atomic<bool> late = false;
    std::mutex mutex;
    std::condition_variable_any finished;
    std::jthread watchdog([&](const std::stop_token& token) {
        std::unique_lock lock(mutex);
        if (finished.wait_for(lock, token, Patience, [] { return false; }); !token.stop_requested()) {
            late = true;
            vcpu.kick();
        }
    });
    const VcpuExit exit = runBound(vcpu, [&] { return late || stop(); });
    EXPECT_FALSE(late) << "the guest did not finish in time";
    return exit;
}

void TestVm::startThreads()
{
    m_stop = false;
    for (auto& vcpu : vcpus)
        m_threads.emplace_back([this, &vcpu] {
            const VcpuExit last = runBound(*vcpu, [this] { return m_stop.load(); });
            if (!m_stop && done.reports().empty())
                ADD_FAILURE() << "vCPU " << vcpu->index() << " stopped: " << describe(last);
        });
}

void TestVm::stopThreads()
{
    m_stop = true;
    for (auto& vcpu : vcpus)
        vcpu->kick();
    m_threads.clear(); // joins
}

LongModeEntry TestVm::longModeEntry()
{
    constexpr std::uint64_t Page = 4096;
    constexpr std::uint64_t Table = 0x7;  // present, writable, user
    constexpr std::uint64_t Large = 0x87; // and a 2 MiB page
    store(PageTableBase, (PageTableBase + Page) | Table, 8);
    for (std::uint64_t directory = 0; directory < 4; ++directory) {
        const std::uint64_t at = PageTableBase + (2 + directory) * Page;
        store(PageTableBase + Page + 8 * directory, at | Table, 8);
        for (std::uint64_t entry = 0; entry < 512; ++entry)
            store(at + 8 * entry, (directory * 512 + entry) << 21 | Large, 8);
    }
    return {.entryPoint = CodeBase, .pageTables = PageTableBase, .stackPointer = StackTop};
}

std::uint64_t TestVm::load(std::uint64_t address, std::size_t bytes) const
{
    std::array<std::byte, 8> data{};
    memory->read(GuestAddress(address), std::span(data).first(bytes));
    return loadLittleEndian(std::span(data).first(bytes));
}

void TestVm::store(std::uint64_t address, std::uint64_t value, std::size_t bytes)
{
    std::array<std::byte, 8> data{};
    storeLittleEndian(std::span(data).first(bytes), value);
    memory->write(GuestAddress(address), std::span(data).first(bytes));
}

} // namespace engine::kvm::test
