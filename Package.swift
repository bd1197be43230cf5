// swift-tools-version: 6.2
import PackageDescription

// The floors and arrows of docs/architecture.md. `hack/lint` compares them with `swift package dump-package`;
// versions are exact because Package.resolved is not committed.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "nodeaudit",
    products: [
        .executable(name: "nodeaudit", targets: ["nodeaudit"]),
        .executable(name: "nodeaudit-sandbox", targets: ["nodeaudit-sandbox"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        // Without its trait it needs no Foundation.
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        // Floor 0: system libraries.
        .systemLibrary(name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),

        // Floor 1: values of the Kubernetes API; one HTTP client; hashes and signatures.
        .target(name: "KubeCore", swiftSettings: settings),
        .target(name: "CurlHTTP", dependencies: ["CLibcurl"], swiftSettings: settings),
        .target(name: "Digests", dependencies: ["COpenSSL"], swiftSettings: settings),

        // Floor 2: neighbours that do not know each other.
        .target(name: "KubeYAML", dependencies: ["KubeCore", yams], swiftSettings: settings),
        .target(
            name: "KubeClient", dependencies: ["KubeCore", "CurlHTTP", "KubeYAML", log, subprocess, system], swiftSettings: settings),
        .target(name: "KubeSchema", dependencies: ["KubeCore"], swiftSettings: settings),
        .target(name: "NodeReplacement", dependencies: ["KubeCore", "CurlHTTP", "Digests", log], swiftSettings: settings),
        .target(
            name: "AuditCore", dependencies: ["KubeCore", "Digests"], exclude: ["Rendering/Script/audit-setup.sh"],
            swiftSettings: settings),

        // Floor 3: keeps a controller alive; plays the cluster.
        .target(name: "KubeRuntime", dependencies: ["KubeClient", "KubeCore", log, metrics, coreMetrics], swiftSettings: settings),
        .target(
            name: "KubeSimulator", dependencies: ["KubeCore", "KubeSchema", "KubeYAML", hummingbird, nioCore, httpTypes, log, lifecycle],
            swiftSettings: settings),

        // Floor 4: the shell.
        .target(
            name: "AuditOperator",
            dependencies: [
                "KubeCore", "CurlHTTP", "Digests", "KubeClient", "NodeReplacement", "KubeSchema", "KubeYAML", "AuditCore", "KubeRuntime",
                log, metrics, coreMetrics, hummingbird,
            ], swiftSettings: settings),

        // Floor 5: two thin executables.
        .executableTarget(
            name: "nodeaudit",
            dependencies: [
                "AuditOperator", "KubeClient", "KubeCore", "KubeRuntime", "AuditCore", "KubeSchema", "KubeYAML", arguments, lifecycle,
                unixSignals, log, hummingbird,
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "nodeaudit-sandbox", dependencies: ["KubeSimulator", "KubeCore", "KubeYAML", arguments, lifecycle, unixSignals, log],
            swiftSettings: settings),

        // Tests: one target each, and what they share.
        .target(
            name: "CloudSupport", dependencies: ["KubeCore", "CurlHTTP", "NodeReplacement"], path: "Tests/CloudSupport",
            swiftSettings: settings),
        .target(name: "TestSupport", dependencies: ["KubeCore"], path: "Tests/Support", swiftSettings: settings),
        .testTarget(name: "KubeCoreTests", dependencies: ["KubeCore", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "CurlHTTPTests", dependencies: ["CurlHTTP"], exclude: ["Servers"], swiftSettings: settings),
        .testTarget(name: "DigestsTests", dependencies: ["Digests"], swiftSettings: settings),
        .testTarget(name: "KubeYAMLTests", dependencies: ["KubeYAML", "KubeCore", yams], swiftSettings: settings),
        .testTarget(
            name: "KubeClientTests", dependencies: ["KubeClient", "KubeCore", "CurlHTTP", "TestSupport", log], swiftSettings: settings),
        .testTarget(
            name: "NodeReplacementTests",
            dependencies: ["NodeReplacement", "KubeCore", "CurlHTTP", "Digests", "KubeSimulator", "CloudSupport", "TestSupport", log],
            swiftSettings: settings),
        .testTarget(name: "KubeSchemaTests", dependencies: ["KubeSchema", "KubeCore", "KubeYAML"], swiftSettings: settings),
        .testTarget(
            name: "AuditCoreTests", dependencies: ["AuditCore", "KubeCore", "KubeYAML", "Digests", "TestSupport"],
            exclude: ["Rendering/Golden", "Fixtures"], swiftSettings: settings),
        .testTarget(
            name: "KubeRuntimeTests",
            dependencies: ["KubeRuntime", "KubeClient", "KubeCore", "KubeSimulator", "TestSupport", log, metrics],
            swiftSettings: settings),
        .testTarget(
            name: "KubeSimulatorTests",
            dependencies: [
                "KubeSimulator", "KubeCore", "KubeSchema", "KubeYAML", "TestSupport", hummingbird, nioCore, nioPosix, httpTypes, log,
                lifecycle,
            ], swiftSettings: settings),
        .testTarget(
            name: "ContractTests",
            dependencies: ["KubeSimulator", "KubeClient", "KubeCore", "CurlHTTP", "TestSupport", log], swiftSettings: settings),
        .testTarget(
            name: "AuditOperatorTests",
            dependencies: [
                "AuditOperator", "AuditCore", "KubeCore", "KubeRuntime", "KubeSchema", "KubeYAML", "TestSupport", metrics, coreMetrics, log,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "AuditOperator", "AuditCore", "KubeClient", "KubeRuntime", "KubeCore", "KubeSimulator", "KubeYAML", "NodeReplacement",
                "CurlHTTP", "CloudSupport", "TestSupport", log, metrics, coreMetrics,
            ], swiftSettings: settings),
    ]
)
