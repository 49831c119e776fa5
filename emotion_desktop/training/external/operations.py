"""The operations of TensorFlow that calculate and nothing else.

Whatever is not listed here does not come in: files, tables, data sets, Python, printing, other
machines, compiled code of any kind.
"""

from __future__ import annotations

from typing import Final

_TENSORS: Final = """
Const Identity IdentityN NoOp Placeholder PlaceholderV2 PlaceholderWithDefault StopGradient
Snapshot PreventGradient EnsureShape CheckNumerics Shape ShapeN Size Rank Reshape Squeeze
ExpandDims Transpose ConjugateTranspose Concat ConcatV2 ConcatOffset Pack ParallelConcat Unpack
Split SplitV Slice StridedSlice StridedSliceGrad Gather GatherV2 GatherNd ScatterNd
TensorScatterUpdate TensorScatterAdd TensorScatterSub TensorScatterMax TensorScatterMin Tile Pad
PadV2 MirrorPad Fill Range LinSpace ZerosLike OnesLike Empty EmptyTensorList Reverse ReverseV2
ReverseSequence Roll BroadcastTo BroadcastArgs BroadcastGradientArgs Bitcast Cast Where
Select SelectV2 OneHot Unique UniqueV2 DynamicPartition DynamicStitch ParallelDynamicStitch
SpaceToBatch SpaceToBatchND BatchToSpace BatchToSpaceND SpaceToDepth DepthToSpace
ExtractImagePatches InvertPermutation Diag DiagPart MatrixDiag MatrixDiagV2 MatrixDiagV3
MatrixDiagPart MatrixDiagPartV2 MatrixDiagPartV3 MatrixSetDiag MatrixSetDiagV3 MatrixBandPart
TensorListReserve TensorListFromTensor TensorListStack TensorListGetItem TensorListSetItem
TensorListLength TensorListElementShape TensorListGather TensorListConcatV2 TensorListResize
TensorListPushBack TensorListPopBack
"""
_MATHEMATICS: Final = """
Add AddV2 AddN AccumulateNV2 Sub Mul Div RealDiv DivNoNan MulNoNan FloorDiv FloorMod TruncateDiv
TruncateMod Mod Pow Square SquaredDifference Sqrt SqrtGrad Rsqrt RsqrtGrad Reciprocal Inv Neg Abs
Sign Exp Expm1 Log Log1p Xlogy Xlog1py Xdivy Sin Cos Tan Asin Acos Atan Atan2 Sinh Cosh Tanh
TanhGrad Asinh Acosh Atanh Erf Erfc Erfinv Ndtri Lgamma Digamma Igamma Igammac Betainc Floor Ceil
Round Rint Maximum Minimum ClipByValue Sum Mean Prod Max Min All Any ArgMax ArgMin Cumsum Cumprod
CumulativeLogsumexp SegmentSum SegmentMean UnsortedSegmentSum UnsortedSegmentMax Bincount
DenseBincount HistogramFixedWidth Less LessEqual Greater GreaterEqual Equal NotEqual
ApproximateEqual LogicalAnd LogicalOr LogicalNot IsNan IsInf IsFinite BitwiseAnd BitwiseOr
BitwiseXor LeftShift RightShift MatMul BatchMatMul BatchMatMulV2 BatchMatMulV3 Einsum Cross
MatrixInverse MatrixDeterminant LogMatrixDeterminant MatrixSolve MatrixTriangularSolve Cholesky Qr
Svd SelfAdjointEigV2 TopK TopKV2 NthElement InTopKV2 Complex Real Imag Conj ComplexAbs Angle FFT
FFT2D IFFT IFFT2D RFFT RFFT2D IRFFT IRFFT2D
"""
_NETS: Final = """
Conv Conv2D Conv2DBackpropInput Conv2DBackpropFilter Conv3D Conv3DBackpropInputV2
DepthwiseConv2dNative Dilation2D BiasAdd BiasAddV1 BiasAddGrad Relu Relu6 ReluGrad Relu6Grad
LeakyRelu LeakyReluGrad Elu EluGrad Selu SeluGrad Softplus SoftplusGrad Softsign Sigmoid
SigmoidGrad Softmax LogSoftmax AvgPool AvgPoolGrad AvgPool3D MaxPool MaxPoolV2 MaxPoolGrad
MaxPool3D MaxPoolWithArgmax FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 FusedBatchNormGrad
FusedBatchNormGradV2 FusedBatchNormGradV3 BatchNormWithGlobalNormalization L2Loss LRN
SoftmaxCrossEntropyWithLogits SparseSoftmaxCrossEntropyWithLogits ResizeBilinear
ResizeNearestNeighbor ResizeBicubic ResizeArea ScaleAndTranslate CropAndResize
ImageProjectiveTransformV2 ImageProjectiveTransformV3 AdjustContrastv2 AdjustHue AdjustSaturation
RGBToHSV HSVToRGB FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars
FakeQuantWithMinMaxVarsPerChannel QuantizeAndDequantizeV2 QuantizeAndDequantizeV3
QuantizeAndDequantizeV4 QuantizeV2 Dequantize
"""
_CHANCE: Final = """
RandomUniform RandomUniformInt RandomStandardNormal TruncatedNormal Multinomial RandomShuffle
StatelessRandomUniform StatelessRandomUniformV2 StatelessRandomUniformInt
StatelessRandomUniformIntV2 StatelessRandomUniformFullInt StatelessRandomUniformFullIntV2
StatelessRandomNormal StatelessRandomNormalV2 StatelessTruncatedNormal StatelessTruncatedNormalV2
StatelessRandomGetAlg StatelessRandomGetKeyCounter StatelessRandomGetKeyCounterAlg RngReadAndSkip
RngSkip StatefulUniform StatefulUniformInt StatefulUniformFullInt StatefulStandardNormalV2
"""
_FLOW: Final = """
PartitionedCall StatefulPartitionedCall If StatelessIf While StatelessWhile Case StatelessCase
Switch Merge Enter Exit NextIteration LoopCond ControlTrigger Assert VarHandleOp VariableV2
Variable VarIsInitializedOp IsVariableInitialized ReadVariableOp AssignVariableOp Assign
AssignAddVariableOp AssignSubVariableOp AssignAdd AssignSub ResourceGather DisableCopyOnRead
DestroyResourceOp
"""
#: Names are put together of these; nothing is read or written by them.
_TEXT: Final = "StringJoin ShardedFilename AsString StaticRegexFullMatch"

SAFE: Final = frozenset(" ".join((_TENSORS, _MATHEMATICS, _NETS, _CHANCE, _FLOW, _TEXT)).split())
#: What every SavedModel has for its own variables: harmless where nothing but saving runs it …
WRITING: Final = frozenset(("SaveV2", "Save", "SaveSlices", "MergeV2Checkpoints"))
#: … and where nothing but restoring does.
READING: Final = frozenset(("RestoreV2", "Restore", "RestoreSlice"))
