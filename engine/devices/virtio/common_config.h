// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/virtio/virtqueue.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace engine::virtio {

/// Device status bits (VIRTIO 1.2, 2.1).
inline constexpr std::uint8_t StatusAcknowledge = 1;
inline constexpr std::uint8_t StatusDriver = 2;
inline constexpr std::uint8_t StatusDriverOk = 4;
inline constexpr std::uint8_t StatusFeaturesOk = 8;
inline constexpr std::uint8_t StatusNeedsReset = 64;
inline constexpr std::uint8_t StatusFailed = 128;

/// Reserved feature bits that the transport offers (VIRTIO 1.2, 6).
inline constexpr std::uint64_t FeatureIndirect = std::uint64_t{1} << 28;
inline constexpr std::uint64_t FeatureEventIndex = std::uint64_t{1} << 29;
inline constexpr std::uint64_t FeatureVersion1 = std::uint64_t{1} << 32;
inline constexpr std::uint64_t FeatureRingReset = std::uint64_t{1} << 40;

inline constexpr std::uint16_t NoVector = 0xffff; ///< VIRTIO_MSI_NO_VECTOR

/// The common configuration structure (VIRTIO 1.2, 4.1.4.3) as a pure model: negotiation, queue
/// addresses, interrupt vectors. Callers serialise.
class CommonConfig {
public:
    static constexpr std::uint64_t Bytes = 0x40;

    struct Queue {
        std::uint16_t maxSize = 0;
        std::uint16_t size = 0;
        std::uint16_t vector = NoVector;
        bool enabled = false;
        bool resetting = false; ///< the driver waits for the end of a queue reset
        std::uint64_t descriptors = 0;
        std::uint64_t available = 0;
        std::uint64_t used = 0;
    };
    /// What a write asks of the transport.
    struct Effects {
        bool reset = false;         ///< 0 was written to the status
        bool queuesChanged = false; ///< DRIVER_OK, a queue enable or a queue reset
    };

    /// `vectors`: size of the MSI-X table; larger vector numbers are refused.
    CommonConfig(std::uint64_t offeredFeatures, std::span<const std::uint16_t> queueSizes, unsigned vectors);

    /// Any offset and width; fields that an access covers in part keep their other bytes.
    void read(std::uint64_t offset, std::span<std::byte> data) const;
    [[nodiscard]] Effects write(std::uint64_t offset, std::span<const std::byte> data);
    void reset();

    [[nodiscard]] std::uint8_t status() const { return m_status; }
    [[nodiscard]] bool isDriverReady() const { return (m_status & StatusDriverOk) != 0; }
    [[nodiscard]] std::uint64_t features() const { return m_driverFeatures; }
    [[nodiscard]] std::uint16_t configVector() const { return m_configVector; }
    [[nodiscard]] std::size_t queueCount() const { return m_queues.size(); }
    [[nodiscard]] const Queue& queue(std::size_t index) const { return m_queues.at(index); }
    [[nodiscard]] QueueLayout layout(std::size_t index) const;
    void finishQueueReset(std::size_t index);
    void setNeedsReset() { m_status |= StatusNeedsReset; }
    void nextGeneration() { ++m_generation; }
    /// While a reset is under way and the driver has written nothing since: what the status shows.
    void showResetting(bool resetting) { m_resetting = resetting; }

    void saveState(StateWriter& out) const;
    /// Into a copy of the real object. Values are judged as guest writes are.
    [[nodiscard]] Result<> readState(StateReader& in);

private:
    struct Field {
        std::uint64_t offset;
        unsigned width;
    };
    static const std::array<Field, 19> Fields;

    [[nodiscard]] std::uint64_t value(std::uint64_t field) const;
    void setValue(std::uint64_t field, std::uint64_t value, Effects& effects);
    void setStatus(std::uint8_t value, Effects& effects);
    void setQueueValue(std::uint64_t field, std::uint64_t value, Effects& effects);
    [[nodiscard]] static bool isUsable(const Queue& queue);

    std::uint64_t m_offered;
    unsigned m_vectors;
    std::vector<Queue> m_queues;
    std::uint64_t m_driverFeatures = 0;
    std::uint32_t m_deviceFeatureSelect = 0;
    std::uint32_t m_driverFeatureSelect = 0;
    std::uint16_t m_configVector = NoVector;
    std::uint16_t m_queueSelect = 0;
    std::uint8_t m_status = 0;
    std::uint8_t m_generation = 0;
    bool m_resetting = false;
};

} // namespace engine::virtio
