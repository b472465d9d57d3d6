#include "textflag.h"

// func dotVectors(a, b *float32, n int) float32
TEXT ·dotVectors(SB), NOSPLIT, $0-28
	MOVQ a+0(FP), SI
	MOVQ b+8(FP), DI
	MOVQ n+16(FP), CX
	XORPS X0, X0 // the sums 0 to 3
	XORPS X1, X1 // 4 to 7

more:
	MOVUPS (SI), X2
	MOVUPS (DI), X3
	MULPS X3, X2
	ADDPS X2, X0
	MOVUPS 16(SI), X4
	MOVUPS 16(DI), X5
	MULPS X5, X4
	ADDPS X4, X1
	ADDQ $32, SI
	ADDQ $32, DI
	SUBQ $8, CX
	CMPQ CX, $8
	JGE more

	ADDPS X1, X0
	MOVHLPS X0, X2
	ADDPS X2, X0
	MOVAPS X0, X2
	SHUFPS $1, X2, X2
	ADDSS X2, X0
	MOVSS X0, ret+24(FP)
	RET
