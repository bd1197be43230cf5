extension BuiltinTypes {
    static let nodeTypes = """
        Node: apiVersion string, kind string, metadata ObjectMeta, spec NodeSpec, status NodeStatus
        NodeSpec: podCIDR string, podCIDRs []string*, providerID string, unschedulable bool, taints []Taint, configSource any?,
            externalID string
        Taint: key string="", value string, effect string="", timeAdded time?
        NodeStatus: capacity map:quantity, allocatable map:quantity, phase string, conditions []NodeCondition(type),
            addresses []NodeAddress(type), daemonEndpoints NodeDaemonEndpoints, nodeInfo NodeSystemInfo, images []ContainerImage,
            volumesInUse []string, volumesAttached []any, config any?, runtimeHandlers []any, features any?, declaredFeatures []string
        NodeCondition: type string="", status string="", lastHeartbeatTime time=null, lastTransitionTime time=null, reason string,
            message string
        NodeAddress: type string="", address string=""
        NodeDaemonEndpoints: kubeletEndpoint DaemonEndpoint
        DaemonEndpoint: Port int=0
        NodeSystemInfo: machineID string="", systemUUID string="", bootID string="", kernelVersion string="", osImage string="",
            containerRuntimeVersion string="", kubeletVersion string="", kubeProxyVersion string="", operatingSystem string="",
            architecture string="", swap any?
        ContainerImage: names []string=null, sizeBytes int
        Namespace: apiVersion string, kind string, metadata ObjectMeta, spec NamespaceSpec, status NamespaceStatus
        NamespaceSpec: finalizers []string
        NamespaceStatus: phase string, conditions []NamespaceCondition(type)
        NamespaceCondition: type string="", status string="", lastTransitionTime time, reason string, message string
        ConfigMap: apiVersion string, kind string, metadata ObjectMeta, immutable bool?, data map:string, binaryData map:bytes
        Secret: apiVersion string, kind string, metadata ObjectMeta, immutable bool?, data map:bytes, stringData map:string, type string
        ServiceAccount: apiVersion string, kind string, metadata ObjectMeta, secrets []ObjectReference(name),
            imagePullSecrets []LocalObjectReference, automountServiceAccountToken bool?
        Service: apiVersion string, kind string, metadata ObjectMeta, spec ServiceSpec, status any
        ServiceSpec: ports []ServicePort(port|protocol~TCP), selector map:string!, clusterIP string, clusterIPs []string, type string,
            externalIPs []string, sessionAffinity string, loadBalancerIP string, loadBalancerSourceRanges []string, externalName string,
            externalTrafficPolicy string, healthCheckNodePort int, publishNotReadyAddresses bool, sessionAffinityConfig any?,
            ipFamilies []string, ipFamilyPolicy string?, allocateLoadBalancerNodePorts bool?, loadBalancerClass string?,
            internalTrafficPolicy string?, trafficDistribution string?
        ServicePort: name string, protocol string, appProtocol string?, port int=0, targetPort intstr=0, nodePort int
        Event: apiVersion string, kind string, metadata ObjectMeta, eventTime micro=null, series EventSeries?, reportingController string,
            reportingInstance string, action string, reason string, regarding ObjectReference!, related ObjectReference!?, note string,
            type string, deprecatedSource EventSource, deprecatedFirstTimestamp time=null, deprecatedLastTimestamp time=null,
            deprecatedCount int
        EventSeries: count int=0, lastObservedTime micro=null
        EventSource: component string, host string
        CoreEvent: apiVersion string, kind string, metadata ObjectMeta, involvedObject ObjectReference!, reason string, message string,
            source EventSource, firstTimestamp time=null, lastTimestamp time=null, count int, type string, eventTime micro=null,
            series EventSeries?, action string, related ObjectReference!?, reportingComponent string="", reportingInstance string=""
        """

    static let workloadTypes = """
        DaemonSet: apiVersion string, kind string, metadata ObjectMeta, spec DaemonSetSpec, status DaemonSetStatus
        DaemonSetSpec: selector LabelSelector!?, template PodTemplateSpec, updateStrategy DaemonSetUpdateStrategy, minReadySeconds int,
            revisionHistoryLimit int?
        DaemonSetUpdateStrategy: type string, rollingUpdate RollingUpdateDaemonSet?
        RollingUpdateDaemonSet: maxUnavailable intstr?, maxSurge intstr?
        DaemonSetStatus: currentNumberScheduled int=0, numberMisscheduled int=0, desiredNumberScheduled int=0, numberReady int=0,
            observedGeneration int, updatedNumberScheduled int, numberAvailable int, numberUnavailable int, collisionCount int?,
            conditions []WorkloadCondition(type)
        WorkloadCondition: type string="", status string="", lastUpdateTime time, lastTransitionTime time=null, reason string,
            message string
        Deployment: apiVersion string, kind string, metadata ObjectMeta, spec DeploymentSpec, status DeploymentStatus
        DeploymentSpec: replicas int?, selector LabelSelector!?, template PodTemplateSpec, strategy DeploymentStrategy,
            minReadySeconds int, revisionHistoryLimit int?, paused bool, progressDeadlineSeconds int?
        DeploymentStrategy: type string, rollingUpdate RollingUpdateDeployment?
        RollingUpdateDeployment: maxUnavailable intstr?, maxSurge intstr?
        DeploymentStatus: observedGeneration int, replicas int, updatedReplicas int, readyReplicas int, availableReplicas int,
            unavailableReplicas int, terminatingReplicas int?, conditions []WorkloadCondition(type), collisionCount int?
        ReplicaSet: apiVersion string, kind string, metadata ObjectMeta, spec ReplicaSetSpec, status ReplicaSetStatus
        ReplicaSetSpec: replicas int?, minReadySeconds int, selector LabelSelector!?, template PodTemplateSpec
        ReplicaSetStatus: replicas int=0, fullyLabeledReplicas int, readyReplicas int, availableReplicas int, terminatingReplicas int?,
            observedGeneration int, conditions []WorkloadCondition(type)
        StatefulSet: apiVersion string, kind string, metadata ObjectMeta, spec StatefulSetSpec, status StatefulSetStatus
        StatefulSetSpec: replicas int?, selector LabelSelector!?, template PodTemplateSpec, volumeClaimTemplates []any,
            serviceName string="", podManagementPolicy string, updateStrategy any, revisionHistoryLimit int?, minReadySeconds int,
            persistentVolumeClaimRetentionPolicy any?, ordinals any?
        StatefulSetStatus: observedGeneration int, replicas int=0, readyReplicas int, currentReplicas int, updatedReplicas int,
            currentRevision string, updateRevision string, collisionCount int?, conditions []WorkloadCondition(type),
            availableReplicas int=0
        Scale: apiVersion string, kind string, metadata ObjectMeta, spec ScaleSpec, status ScaleStatus
        ScaleSpec: replicas int
        ScaleStatus: replicas int=0, selector string
        ControllerRevision: apiVersion string, kind string, metadata ObjectMeta, data any, revision int=0
        """

    static let policyTypes = """
        PodDisruptionBudget: apiVersion string, kind string, metadata ObjectMeta, spec PodDisruptionBudgetSpec,
            status PodDisruptionBudgetStatus
        PodDisruptionBudgetSpec: minAvailable intstr?, selector LabelSelector!?, maxUnavailable intstr?, unhealthyPodEvictionPolicy string?
        PodDisruptionBudgetStatus: observedGeneration int, disruptedPods map:time, disruptionsAllowed int=0, currentHealthy int=0,
            desiredHealthy int=0, expectedPods int=0, conditions []Condition(type)
        Lease: apiVersion string, kind string, metadata ObjectMeta, spec LeaseSpec
        LeaseSpec: holderIdentity string?, leaseDurationSeconds int?, acquireTime micro?, renewTime micro?, leaseTransitions int?,
            strategy string?, preferredHolder string?
        PriorityClass: apiVersion string, kind string, metadata ObjectMeta, value int=0, globalDefault bool, description string,
            preemptionPolicy string?
        NetworkPolicy: apiVersion string, kind string, metadata ObjectMeta, spec NetworkPolicySpec
        NetworkPolicySpec: podSelector LabelSelector!, ingress []NetworkPolicyIngressRule, egress []NetworkPolicyEgressRule,
            policyTypes []string
        NetworkPolicyIngressRule: ports []NetworkPolicyPort, from []NetworkPolicyPeer
        NetworkPolicyEgressRule: ports []NetworkPolicyPort, to []NetworkPolicyPeer
        NetworkPolicyPort: protocol string?, port intstr?, endPort int?
        NetworkPolicyPeer: podSelector LabelSelector!?, namespaceSelector LabelSelector!?, ipBlock IPBlock?
        IPBlock: cidr string="", except []string
        ClusterRole: apiVersion string, kind string, metadata ObjectMeta, rules []PolicyRule=null, aggregationRule any?
        Role: apiVersion string, kind string, metadata ObjectMeta, rules []PolicyRule=null
        PolicyRule: verbs []string=null, apiGroups []string, resources []string, resourceNames []string, nonResourceURLs []string
        RoleBinding: apiVersion string, kind string, metadata ObjectMeta, subjects []Subject, roleRef RoleRef!
        Subject: kind string="", apiGroup string, name string="", namespace string
        RoleRef: apiGroup string, kind string="", name string=""
        """

    static let extensionTypes = """
        CustomResourceDefinition: apiVersion string, kind string, metadata ObjectMeta, spec CustomResourceDefinitionSpec,
            status CustomResourceDefinitionStatus
        CustomResourceDefinitionSpec: group string="", names CustomResourceDefinitionNames, scope string="",
            versions []CustomResourceDefinitionVersion=null, conversion CustomResourceConversion?, preserveUnknownFields bool
        CustomResourceDefinitionNames: plural string="", singular string, shortNames []string, kind string="", listKind string,
            categories []string
        CustomResourceDefinitionVersion: name string="", served bool=false, storage bool=false, deprecated bool,
            deprecationWarning string?, schema CustomResourceValidation?, subresources CustomResourceSubresources?,
            additionalPrinterColumns []CustomResourceColumnDefinition, selectableFields []SelectableField
        CustomResourceValidation: openAPIV3Schema any?
        CustomResourceSubresources: status any?, scale any?
        CustomResourceColumnDefinition: name string="", type string="", format string, description string, priority int, jsonPath string=""
        SelectableField: jsonPath string=""
        CustomResourceConversion: strategy string="", webhook any?
        CustomResourceDefinitionStatus: observedGeneration int, conditions []CustomResourceDefinitionCondition(type)=null,
            acceptedNames CustomResourceDefinitionNames, storedVersions []string=null
        CustomResourceDefinitionCondition: type string="", status string="", lastTransitionTime time, reason string, message string,
            observedGeneration int
        ValidatingAdmissionPolicy: apiVersion string, kind string, metadata ObjectMeta, spec any, status any
        ValidatingAdmissionPolicyBinding: apiVersion string, kind string, metadata ObjectMeta, spec any
        """
}
