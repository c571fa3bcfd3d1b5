<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>WindowDialogs</name>
    <message numerus="yes">
        <source>%n guest(s) still run.</source>
        <translation>
            <numerusform>%n guest still runs.</numerusform>
            <numerusform>%n guests still run.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>app::JobBar</name>
    <message numerus="yes">
        <source>about %n second(s) left</source>
        <translation>
            <numerusform>about %n second left</numerusform>
            <numerusform>about %n seconds left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n minute(s) left</source>
        <translation>
            <numerusform>about %n minute left</numerusform>
            <numerusform>about %n minutes left</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>app::MainWindow</name>
    <message numerus="yes">
        <source>Guesthouse: %n guest(s) running</source>
        <translation>
            <numerusform>Guesthouse: %n guest running</numerusform>
            <numerusform>Guesthouse: %n guests running</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wizards::ResourceSlider</name>
    <message numerus="yes">
        <source>This computer has %n processor(s); guests share them.</source>
        <translation>
            <numerusform>This computer has %n processor; guests share it.</numerusform>
            <numerusform>This computer has %n processors; guests share them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n processor(s)</source>
        <translation>
            <numerusform>%n processor</numerusform>
            <numerusform>%n processors</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wizards::StartPage</name>
    <message numerus="yes">
        <source>%n processor(s)</source>
        <translation>
            <numerusform>%n processor</numerusform>
            <numerusform>%n processors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n disk(s) of the appliance, converted and copied</source>
        <translation>
            <numerusform>%n disk of the appliance, converted and copied</numerusform>
            <numerusform>%n disks of the appliance, converted and copied</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wizards::WhatPage</name>
    <message numerus="yes">
        <source>%n disk(s)</source>
        <translation>
            <numerusform>%n disk</numerusform>
            <numerusform>%n disks</numerusform>
        </translation>
    </message>
</context>
</TS>
