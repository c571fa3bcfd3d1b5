// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/create_image.h"
#include "block/image_backend.h"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <iomanip>
#include <iostream>
#include <memory>
#include <semaphore>
#include <string>
#include <vector>

// Our block layer against `qemu-img bench`, in turns in one run, on images with all clusters
// allocated. Both use the host's page cache. Requests step through the image with a large, odd
// stride ("random") or one after the other.

namespace {

using namespace engine;
using namespace engine::block;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t Capacity = 1ULL << 30;

struct Load {
    const char* name;
    ImageFormat format;
    bool isWrite;
    std::uint64_t blockBytes;
    unsigned depth;
    std::uint64_t stepBytes; ///< from one request to the next
    std::uint64_t count;
};

/// Keeps `depth` requests in flight until `count` have completed; runs on the backend's loop.
class Pump {
public:
    Pump(ImageBackend& disk, const Load& load)
        : m_disk(disk), m_load(load),
          m_buffer(static_cast<std::byte*>(std::aligned_alloc(4096, load.blockBytes)))
    {}

    double seconds()
    {
        std::memset(m_buffer.get(), 1, m_load.blockBytes);
        const auto start = Clock::now();
        m_disk.loop().post([this] {
            for (unsigned slot = 0; slot < m_load.depth; ++slot)
                next();
        });
        m_done.acquire();
        return std::chrono::duration<double>(Clock::now() - start).count();
    }

private:
    void next()
    {
        if (m_started == m_load.count)
            return;
        ++m_started;
        IoVectors vectors;
        vectors.append(m_buffer.get(), m_load.blockBytes); // one for all, as qemu-img does
        const std::uint64_t offset = m_offset;
        m_offset += m_load.stepBytes;
        if (m_offset + m_load.blockBytes > Capacity)
            m_offset %= Capacity - m_load.blockBytes, m_offset -= m_offset % 4096;
        auto done = [this](BlockStatus status) {
            if (status != BlockStatus::Ok)
                std::abort();
            if (++m_completed == m_load.count)
                m_done.release();
            else
                next();
        };
        if (m_load.isWrite)
            m_disk.write(offset, std::move(vectors), std::move(done));
        else
            m_disk.read(offset, std::move(vectors), std::move(done));
    }

    ImageBackend& m_disk;
    const Load& m_load;
    struct Free {
        void operator()(std::byte* bytes) const { std::free(bytes); }
    };
    std::unique_ptr<std::byte, Free> m_buffer; // page-aligned, as guest memory is
    std::uint64_t m_offset = 0;
    std::uint64_t m_started = 0;
    std::uint64_t m_completed = 0;
    std::binary_semaphore m_done{0};
};

/// What one run took: its own time, and processor time of all threads, the kernel's for it included.
struct Cost {
    double seconds = 0;
    double processorSeconds = 0;
};

double processorSeconds(int who)
{
    rusage usage{};
    ::getrusage(who, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Cost ours(const std::filesystem::path& path, const Load& load, IoEngineChoice choice)
{
    auto loop = EventLoop::create("bench-disk");
    DiskOptions options;
    options.path = path;
    options.format = load.format;
    options.engine = choice;
    auto disk = ImageBackend::open(**loop, options);
    if (!disk) {
        std::cerr << disk.error().message() << '\n';
        std::exit(1);
    }
    const double before = processorSeconds(RUSAGE_SELF);
    const double seconds = Pump(**disk, load).seconds();
    return {.seconds = seconds, .processorSeconds = processorSeconds(RUSAGE_SELF) - before};
}

/// Time that `qemu-img bench` reports for the same requests.
Cost theirs(const std::filesystem::path& path, const Load& load)
{
    const double before = processorSeconds(RUSAGE_CHILDREN);
    std::string command = "qemu-img bench -f ";
    command += toString(load.format);
    command += " -c " + std::to_string(load.count) + " -d " + std::to_string(load.depth) + " -s "
               + std::to_string(load.blockBytes) + " -S " + std::to_string(load.stepBytes);
    command += load.isWrite ? " -w '" : " '";
    command += path.string() + "'";
    FILE* const pipe = ::popen(command.c_str(), "r");
    std::array<char, 4096> text{};
    const std::size_t length = std::fread(text.data(), 1, text.size() - 1, pipe);
    ::pclose(pipe);
    const std::string output(text.data(), length);
    const std::size_t at = output.find("Run completed in ");
    if (at == std::string::npos) {
        std::cerr << "qemu-img bench failed: " << output << '\n';
        std::exit(1);
    }
    return {.seconds = std::strtod(output.c_str() + at + 17, nullptr),
            .processorSeconds = processorSeconds(RUSAGE_CHILDREN) - before};
}

double median(const std::vector<Cost>& costs, double Cost::* member)
{
    std::vector<double> values;
    for (const Cost& cost : costs)
        values.push_back(cost.*member);
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// The start of the reference tool is no part of a load; its own clock leaves it out, too.
double startOfReference(const std::filesystem::path& path, ImageFormat format)
{
    std::vector<Cost> costs;
    for (int i = 0; i < 5; ++i)
        costs.push_back(theirs(path, {"start", format, false, 4096, 1, 4096, 1}));
    return median(costs, &Cost::processorSeconds);
}

void report(const Load& load, const std::vector<Cost>& mine, const std::vector<Cost>& other, double start)
{
    constexpr double Microseconds = 1e6;
    const auto count = static_cast<double>(load.count);
    const double seconds = median(mine, &Cost::seconds);
    const double otherSeconds = median(other, &Cost::seconds);
    const double processor = median(mine, &Cost::processorSeconds);
    const double otherProcessor = median(other, &Cost::processorSeconds) - start;
    std::cout << std::left << std::setw(6) << toString(load.format) << std::setw(14) << load.name
              << (load.isWrite ? " write" : " read ") << " d" << std::setw(3) << load.depth << std::right
              << std::fixed << std::setprecision(0) << std::setw(9) << count / seconds << std::setw(10)
              << count / otherSeconds << std::setprecision(2) << std::setw(8) << otherSeconds / seconds
              << std::setprecision(1) << std::setw(10) << processor / count * Microseconds << std::setw(10)
              << otherProcessor / count * Microseconds << std::setprecision(2) << std::setw(8)
              << otherProcessor / processor << std::endl;
}

void fill(const std::filesystem::path& path, ImageFormat format)
{
    std::filesystem::remove(path);
    CreateImageOptions options;
    options.format = format;
    options.capacityBytes = Capacity;
    if (!createImage(path, options))
        std::exit(1);
    const Load all{"fill", format, true, 1 << 20, 4, 1 << 20, Capacity >> 20};
    (void)ours(path, all, IoEngineChoice::Automatic);
}

} // namespace

int main(int argc, char** argv)
{
    const std::filesystem::path folder = argc > 1 ? argv[1] : std::filesystem::temp_directory_path().string();
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
    const auto choice = argc > 3 && std::string_view(argv[3]) == "threads" ? IoEngineChoice::Threads
                                                                           : IoEngineChoice::Automatic;
    constexpr std::uint64_t Kib4 = 4096;
    constexpr std::uint64_t Mib = 1 << 20;
    constexpr std::uint64_t Stride = 4096ULL * 40507; // odd number of pages: visits all over the disk
    std::cout << "load                         ours      qemu      ratio (ops/s, median of " << rounds
              << "), then processor microseconds per request, ratio\n";
    for (const ImageFormat format : {ImageFormat::Raw, ImageFormat::Qcow2}) {
        const std::filesystem::path path = folder / ("block-bench." + std::string(toString(format)));
        fill(path, format);
        const double start = startOfReference(path, format);
        for (const bool isWrite : {false, true}) {
            for (const unsigned depth : {1U, 32U}) {
                for (const bool isRandom : {true, false}) {
                    const Load load{isRandom ? "4k-random" : "1m-sequential",
                                    format,
                                    isWrite,
                                    isRandom ? Kib4 : Mib,
                                    depth,
                                    isRandom ? Stride : Mib,
                                    isRandom ? 60000ULL : 1500ULL};
                    std::vector<Cost> mine;
                    std::vector<Cost> other;
                    for (int round = 0; round < rounds; ++round) {
                        mine.push_back(ours(path, load, choice));
                        other.push_back(theirs(path, load));
                    }
                    report(load, mine, other, start);
                }
            }
        }
        std::filesystem::remove(path);
    }
    return 0;
}
