// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "conformance/ahci_stand_in.h"
#include "conformance/recorded_trace.h"
#include "conformance/software_platform.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace engine::conformance {

/// What a rule may look at.
struct ReplayContext {
    const RecordedAccess& access;
    unsigned cmosIndex = 0;                ///< what port 70h selected last
    std::uint64_t configAddress = 0;       ///< what was written to port CF8h last
    bool keyboardCommandsRecorded = false; ///< false: the recording leaves port 64h out
    bool diskCommandUnderWay = false;      ///< issued, and its end not yet seen in the recording
};

/// Answers that need not be as recorded, or not in every bit. The whole table is in trace_mask.cpp.
struct MaskRule {
    bool (*applies)(const ReplayContext&);
    std::uint64_t ignoredBits; ///< all ones: the answer is not looked at
    std::string_view reason;
};
[[nodiscard]] std::span<const MaskRule> maskRules();
/// Regions that the hypervisor answers, not a device of ours: their accesses are left out.
[[nodiscard]] bool isHypervisors(std::string_view region);
/// True for a region behind ports, false for memory.
[[nodiscard]] bool isPortRegion(std::string_view region);

struct ReplayReport {
    unsigned writes = 0;
    unsigned compared = 0;                       ///< answers that had to be equal in every bit
    unsigned comparedInPart = 0;                 ///< in the bits that a rule leaves
    unsigned leftOut = 0;                        ///< accesses to the hypervisor's regions
    std::map<std::string_view, unsigned> masked; ///< by reason; counts comparedInPart too
    std::vector<std::string> differences;        ///< the first 100
    unsigned differenceCount = 0;
};

/// Makes all accesses of a recording on `machine` and compares the answers. Registers of the disk
/// controller, behind which other threads work, get a while to become what was recorded.
[[nodiscard]] Result<ReplayReport> replayTrace(SoftwareMachine& machine,
                                               std::span<const RecordedAccess> accesses);

} // namespace engine::conformance
