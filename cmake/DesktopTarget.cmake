# SPDX-License-Identifier: GPL-3.0-or-later
find_package(Qt6 6.4 REQUIRED COMPONENTS Core Gui Widgets Network DBus Concurrent LinguistTools OPTIONAL_COMPONENTS Test)
find_package(QCoro6 REQUIRED COMPONENTS Core Network)

# Headers that nearly every desktop source reads; compiled once. All desktop libraries link the same Qt
# modules, because a precompiled header fits only sources with the same definitions.
set(GUESTHOUSE_DESKTOP_QT Qt6::Core Qt6::Gui Qt6::Widgets Qt6::Network Qt6::DBus Qt6::Concurrent
  QCoro6::Core QCoro6::Network)
set(GUESTHOUSE_DESKTOP_HEADERS <QAbstractItemModel> <QAction> <QCoroTask> <QFuture> <QHash> <QIcon> <QImage>
  <QJsonObject> <QLabel> <QLayout> <QList> <QObject> <QPainter> <QPointer> <QPushButton> <QString> <QStringList>
  <QTimer> <QVariant> <QWidget> <algorithm> <cstdint> <filesystem> <functional> <memory> <optional> <string> <vector>)

# add_desktop_library(NAME SOURCES ... DEPENDS ...)
function(add_desktop_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES AUTOMOC ON)
  target_compile_definitions(${name} PRIVATE QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII)
  target_link_libraries(${name} PUBLIC ${GUESTHOUSE_DESKTOP_QT} ${arg_DEPENDS})
  if(NOT TARGET desktop_headers)
    add_library(desktop_headers STATIC ${PROJECT_SOURCE_DIR}/cmake/desktop_headers.cpp)
    target_compile_definitions(desktop_headers PRIVATE QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII)
    target_link_libraries(desktop_headers PUBLIC ${GUESTHOUSE_DESKTOP_QT})
    target_precompile_headers(desktop_headers PRIVATE ${GUESTHOUSE_DESKTOP_HEADERS})
  endif()
  target_precompile_headers(${name} REUSE_FROM desktop_headers)
endfunction()

# add_desktop_test(NAME SOURCES ... DEPENDS ...): a Qt Test program on the offscreen platform.
function(add_desktop_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;DEPENDS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES AUTOMOC ON)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII
    GUESTHOUSE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${arg_DEPENDS} Qt6::Test)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS quick TIMEOUT ${arg_TIMEOUT}
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen;LC_ALL=C.UTF-8")
endfunction()
