// SPDX-License-Identifier: GPL-3.0-or-later
#include "rfb/low_descriptor.h"

#include <QApplication>

#include <gtest/gtest.h>

/// Runs the tests with an application object; without a display unless the caller chose one.
int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    console::LowDescriptors::reserve();
    QApplication application(argc, argv);
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
