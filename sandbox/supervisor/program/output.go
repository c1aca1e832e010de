package main

import "io"

// outputWriter collects bytes of a channel's first stream and sends them a frame at a time, as the client takes them.
type outputWriter struct {
	channel *channel
	// Room for a header and the number of the stream, then what waits.
	frame []byte
}

const outputHeader = frameHeader + 1

func (channel *channel) output() *outputWriter {
	return &outputWriter{channel: channel, frame: make([]byte, outputHeader, outputHeader+chunkBytes)}
}

func (writer *outputWriter) Write(bytes []byte) (int, error) {
	for written := 0; written < len(bytes); {
		free := writer.free()
		count := copy(free, bytes[written:])
		written += count
		if err := writer.filled(count); err != nil {
			return written, err
		}
	}
	return len(bytes), nil
}

// ReadFrom reads into the frames themselves: io.Copy takes it, so that large files are not copied about.
func (writer *outputWriter) ReadFrom(from io.Reader) (int64, error) {
	total := int64(0)
	for {
		count, err := from.Read(writer.free())
		total += int64(count)
		if failure := writer.filled(count); failure != nil {
			return total, failure
		}
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

func (writer *outputWriter) free() []byte { return writer.frame[len(writer.frame):cap(writer.frame)] }

// filled says that so much of what was free is bytes now.
func (writer *outputWriter) filled(count int) error {
	writer.frame = writer.frame[:len(writer.frame)+count]
	if len(writer.frame) < cap(writer.frame) {
		return nil
	}
	return writer.flush()
}

// flush sends what waits, in more than one frame where the client has little room.
func (writer *outputWriter) flush() error {
	rest := writer.frame
	for len(rest) > outputHeader {
		room := writer.channel.credits[0].take(len(rest) - outputHeader)
		if room == 0 {
			return &problem{Code: problemStopped, Text: "stopped by the client"}
		}
		rest[frameHeader] = 1
		if err := writer.channel.session.out.sendPrepared(frameOutput, writer.channel.id, rest[:outputHeader+room]); err != nil {
			return err
		}
		// The next header lies over what was sent.
		rest = rest[room:]
	}
	writer.frame = writer.frame[:outputHeader]
	return nil
}
