package tree

// Memory is a Store in memory, for clients and tests.
type Memory map[[9]byte]Node

// Node implements Store.
func (m Memory) Node(level uint8, index uint64) (Node, bool, error) {
	node, found := m[key(level, index)]
	return node, found, nil
}

// SetNode implements Store.
func (m Memory) SetNode(level uint8, index uint64, node Node) error {
	m[key(level, index)] = node
	return nil
}

// RemoveNode implements Store.
func (m Memory) RemoveNode(level uint8, index uint64) error {
	delete(m, key(level, index))
	return nil
}

func key(level uint8, index uint64) (k [9]byte) {
	k[0] = level
	for i := range 8 {
		k[8-i] = byte(index >> (8 * i))
	}
	return k
}
