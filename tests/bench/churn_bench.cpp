// SPDX-License-Identifier: GPL-3.0-or-later
// churn_bench [MACHINES]: creates, starts and destroys machines one after the other, in this process, and
// looks for what they leave behind. Exit code 1 when something grows, 77 when this machine cannot run guests.
#include "bench/figures.h"
#include "vm/host_check.h"
#include "vm/vm.h"

#include <malloc.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>

namespace {

using Clock = std::chrono::steady_clock;

// A leak of one page for each machine would be over this.
constexpr double MostGrowthKibibytes = 512;

class Observer final : public engine::VmObserver {
    void onStateChanged(engine::VmState /*state*/, const std::string& /*reason*/) override {}
};

struct Usage {
    double residentKibibytes = 0;
    long descriptors = 0;
    long threads = 0;
};

Usage usage()
{
    ::malloc_trim(0); // what the allocator keeps is not a leak
    const auto count = [](const char* folder) {
        return std::distance(std::filesystem::directory_iterator(folder), {});
    };
    long total = 0;
    long resident = 0;
    std::ifstream("/proc/self/statm") >> total >> resident;
    return {.residentKibibytes =
                static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1024,
            .descriptors = count("/proc/self/fd"),
            .threads = count("/proc/self/task")};
}

/// False with the reason on the terminal.
bool runOne(Observer& observer)
{
    engine::VmConfig config;
    config.name = "churn";
    config.memoryBytes = std::uint64_t{128} << 20;
    auto vm = engine::Vm::create(config, observer);
    if (!vm) {
        std::printf("cannot create a machine: %s\n", vm.error().message().c_str());
        return false;
    }
    std::promise<bool> started;
    (*vm)->requestStart([&started](engine::Result<> outcome) { started.set_value(outcome.has_value()); });
    return started.get_future().get(); // and is destroyed while its firmware runs
}

} // namespace

int main(int argc, char** argv)
{
    if (const auto host = engine::checkHost(); !host.healthy) {
        std::printf("skipped: %s\n", host.steps.empty() ? "" : host.steps.back().explanation.c_str());
        return bench::CannotRun;
    }
    const int machines = argc > 1 ? std::atoi(argv[1]) : 200;
    constexpr int WarmUp = 20; // caches of libraries and of the allocator fill
    Observer observer;
    for (int i = 0; i < WarmUp; ++i)
        if (!runOne(observer))
            return 1;
    const Usage before = usage();
    const auto start = Clock::now();
    for (int i = 0; i < machines; ++i)
        if (!runOne(observer))
            return 1;
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    const Usage after = usage();
    bench::reportLoad();
    bench::report("machines created, started and destroyed", machines / seconds, "/s");
    bool kept = bench::report("growth of memory", after.residentKibibytes - before.residentKibibytes, "KiB",
                              MostGrowthKibibytes);
    kept &= bench::report("descriptors left open",
                          static_cast<double>(after.descriptors - before.descriptors), "", 0);
    kept &= bench::report("threads left", static_cast<double>(after.threads - before.threads), "", 0);
    return kept ? 0 : 1;
}
